/** What became of a write: `closed` where nobody reads any more, as behind `| head -1`. */
export type Written = 'written' | 'closed'

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
}

/** Everything that the CLI touches outside itself. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Sink
  readonly stderr: Sink
  readonly stdin: Source
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number
  /** Waits so many milliseconds, or until interrupted. */
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Aborted once the operator presses Ctrl-C. */
  readonly interrupted: AbortSignal
  /** From here on the process holds little memory, and is slower for it: for runs that have no end in sight. */
  readonly holdLittle: () => void
  /** From here on SIGTERM interrupts as Ctrl-C does. Until then it ends the process, as is usual. */
  readonly heedTermination: () => void
}
