import * as TE from 'fp-ts/lib/TaskEither.js'
import { networkCodeOf } from './network-code.js'

/** No answer, a slow one, too much of it, not a 200, a redirect, or no JSON. */
export interface FetchFailed {
  readonly _tag: 'FetchFailed'
  /** A code of the platform, such as ECONNREFUSED, PROXY_407 where a proxy failed, or UNUSABLE for an answer. */
  readonly reason: string
}

/** What came is not to be used. */
export const unusable: FetchFailed = { _tag: 'FetchFailed', reason: 'UNUSABLE' }

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
        if (response.status !== 200) throw new Error('The answer is not a 200')
        const document: unknown = JSON.parse(text)
        return document
      },
      error => ({ _tag: 'FetchFailed', reason: networkCodeOf(error, unusable.reason) }),
    )

/** Reads refused answers too, within the same bound: a body left unread would hold its connection. */
const readText = async ({ body }: Awaited<ReturnType<Fetch>>): Promise<string> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) throw new Error('The answer is not bytes')
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Error('The answer is too long')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
