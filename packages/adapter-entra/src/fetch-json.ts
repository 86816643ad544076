import * as TE from 'fp-ts/lib/TaskEither.js'
import { networkCodeOf } from './network-code.js'

/** No answer, a slow one, too much of it, not a 200, a redirect, or no JSON. */
export interface FetchFailed {
  readonly _tag: 'FetchFailed'
  /** Why: a code of the platform such as ECONNREFUSED, PROXY_407 where a proxy failed, `status503`, or a word of ours. Nothing that was sent. */
  readonly code: string
}

export const fetchFailed = (code: string): FetchFailed => ({ _tag: 'FetchFailed', code })

/** As much of `fetch` as takes a document. */
export type Fetch = (
  url: URL,
  init: {
    readonly headers: Record<string, string>
    readonly redirect: 'error'
    readonly signal: AbortSignal
  },
) => Promise<{ readonly status: number; readonly body: AsyncIterable<unknown> | null }>

const maxBytes = 1024 * 1024

/**
 * Gets a JSON document of at most 1 MiB. No redirect is followed, so that what was configured is what is asked.
 *
 * @param fetch how to reach the network.
 * @param timeoutMs how long the whole answer may take, in milliseconds.
 * @returns the parsed document, as yet of unknown shape.
 */
export const fetchJson =
  (fetch: Fetch, timeoutMs: number) =>
  (url: URL): TE.TaskEither<FetchFailed, unknown> =>
    TE.tryCatch(
      async () => {
        const response = await fetch(url, {
          headers: { accept: 'application/json' },
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        })
        const text = await readText(response)
        if (response.status !== 200) throw new Unusable(`status${response.status}`)
        const document: unknown = JSON.parse(text)
        return document
      },
      error => fetchFailed(codeOf(error)),
    )

/** An answer that came, and is of no use. */
class Unusable extends Error {
  constructor(readonly code: string) {
    super('The answer is of no use')
  }
}

const codeOf = (error: unknown): string => {
  if (error instanceof Unusable) return error.code
  return error instanceof SyntaxError ? 'notJson' : networkCodeOf(error, 'noAnswer')
}

/** Reads refused answers too, within the same bound: a body left unread would hold its connection. */
const readText = async ({ body }: Awaited<ReturnType<Fetch>>): Promise<string> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) throw new Unusable('notBytes')
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Unusable('tooLong')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
