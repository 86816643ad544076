import * as TE from 'fp-ts/lib/TaskEither.js'

/** No answer, a slow one, too much of it, not a 200, a redirect, or no JSON. */
export interface FetchFailed {
  readonly _tag: 'FetchFailed'
  /** Why: a word of the system such as ECONNREFUSED, `timedOut`, `status503`, or a word of ours. Nothing that was sent. */
  readonly code: string
}

export const fetchFailed = (code: string): FetchFailed => ({ _tag: 'FetchFailed', code })

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

/** The code of an error, or of its cause: fetch says why in the latter. A message is never read: it may hold an address. */
const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError') return 'timedOut'
  if (error instanceof SyntaxError) return 'notJson'
  if ('code' in error && typeof error.code === 'string' && /^\w{1,64}$/.test(error.code)) return error.code
  return error.cause === undefined ? 'noAnswer' : codeOf(error.cause)
}

/** Reads refused answers too, within the same bound: a body left unread would hold its connection. */
const readText = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    if (!(chunk instanceof Uint8Array)) throw new Unusable('notBytes')
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Unusable('tooLong')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
