import type * as TE from 'fp-ts/lib/TaskEither.js'

/** What became of a write: `closed` where nobody reads any more, as behind `| head -1`. */
export type Written = 'written' | 'closed' | WriteFailure

/** What was written is not whole, and somebody may take it for that. `reason` is a code of the platform, such as ENOSPC. */
interface WriteFailure {
  readonly failed: string
}

/** A stream to write to. */
export interface Sink {
  readonly isTerminal: boolean
  /** Resolves once the text is handed over, so that a slow reader slows the writer. Never rejects. */
  readonly write: (text: string) => Promise<Written>
}

/** Where answers of a person come from. */
interface Source {
  readonly isTerminal: boolean
  /** The next line without its end; null where there is none, or once interrupted. */
  readonly readLine: () => Promise<string | null>
  /** All that comes, as it comes; ends early once interrupted. */
  readonly chunks: () => AsyncIterable<Uint8Array>
  /** Reads no more, even where something may still come. */
  readonly close: () => void
}

/** Why a file that only its owner may read cannot be used. */
export type FileRefusal =
  /** Others may read or change it, or it is somebody else's. */
  | {
      readonly _tag: 'UnsafeFile'
      readonly path: string
      readonly kind: 'file' | 'folder'
      readonly problem: 'mode' | 'owner'
    }
  /** It holds something else than lethe wrote. */
  | { readonly _tag: 'UnreadableFile'; readonly path: string }
  /** The platform says no. `reason` is its code, such as EACCES. */
  | { readonly _tag: 'FileFailed'; readonly path: string; readonly reason: string }

/**
 * Files that only their owner may read (0600), in folders of the same kind (0700). A relative path is that of a folder that nobody has:
 * there is no such file, and none can be written.
 */
export interface PrivateFiles {
  /** Null where there is no such file. */
  readonly read: (path: string) => TE.TaskEither<FileRefusal, string | null>
  /** Replaces the file at once: whoever reads sees the old text or the new one. */
  readonly write: (path: string, text: string) => TE.TaskEither<FileRefusal, void>
  /** Whether there was one. Asks nothing of its mode: what is not safe has to be erasable. */
  readonly remove: (path: string) => TE.TaskEither<FileRefusal, boolean>
}

/** What is sent: as much of it as every `fetch` takes. */
export interface HttpRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly redirect?: 'manual'
  readonly signal?: AbortSignal
}

/** What every `fetch` gives. */
interface HttpAnswer {
  readonly status: number
  readonly headers: { readonly get: (name: string) => string | null }
  readonly body: { readonly cancel: () => Promise<void> } | null
  readonly text: () => Promise<string>
}

/** The headers of an answer. */
export type HttpHeaders = HttpAnswer['headers']

/** Everything that the CLI touches outside itself. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Sink
  readonly stderr: Sink
  readonly stdin: Source
  /** The version of Node, such as `24.1.0`. */
  readonly nodeVersion: string
  readonly fetch: (url: URL, init: HttpRequest) => Promise<HttpAnswer>
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number
  /** Waits so many milliseconds, or until interrupted. */
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Calls back every so many milliseconds until it is stopped. Keeps no process from ending. */
  readonly tick: (milliseconds: number, act: () => void) => () => void
  /** Aborted once the operator presses Ctrl-C. */
  readonly interrupted: AbortSignal
  /** From here on the process holds little memory, and is slower for it: for runs that have no end in sight. */
  readonly holdLittle: () => void
  /** From here on SIGTERM interrupts as Ctrl-C does. Until then it ends the process, as is usual. */
  readonly heedTermination: () => void
  /** The operator's own folder, absolute; `''` where there is none. */
  readonly home: string
  readonly files: PrivateFiles
  /** Opens an address in the operator's browser; false where there is none. */
  readonly openBrowser: (url: URL) => Promise<boolean>
}
