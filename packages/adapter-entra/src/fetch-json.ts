import * as TE from 'fp-ts/lib/TaskEither.js'

/** No answer, a slow one, too much of it, not a 200, a redirect, or no JSON. */
export interface FetchFailed {
  readonly _tag: 'FetchFailed'
}

export const fetchFailed: FetchFailed = { _tag: 'FetchFailed' }

const maxBytes = 1024 * 1024

/**
 * Gets a JSON document of at most 1 MiB. No redirect is followed, so that what was configured is what is asked.
 *
 * @param fetch how to reach the network.
 * @param timeoutMs how long the whole answer may take, in milliseconds.
 * @returns the parsed document, as yet of unknown shape.
 */
export const fetchJson =
  (fetch: typeof globalThis.fetch, timeoutMs: number) =>
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
      () => fetchFailed,
    )

/** Reads refused answers too, within the same bound: a body left unread would hold its connection. */
const readText = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    if (!(chunk instanceof Uint8Array)) throw new Error('The answer is not bytes')
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Error('The answer is too long')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
