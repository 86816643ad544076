import { type Answer, answerFrom } from './answer.js'
import type { Issuer } from './issuer.js'
import type { PersonName } from './people.js'

/** How a request differs from one of a good client. */
interface Asking {
  /** Who asks; nobody where it is left out. */
  readonly as?: PersonName
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON where it is no text, and no bytes. */
  readonly body?: unknown
}

/** A POST is sent with `Content-Type: application/json`, unless the headers say something else ('' for none). */
export type Ask = (method: string, path: string, asking?: Asking) => Promise<Answer>

/**
 * @param base of every URL that is asked.
 * @param send what answers a request.
 */
export const askThrough = (
  issuer: Issuer,
  base: string,
  send: (request: Request) => Response | Promise<Response>,
): Ask => {
  const tokens = new Map<PersonName, Promise<string>>()
  const tokenOf = (name: PersonName): Promise<string> => {
    const token = tokens.get(name) ?? issuer.tokenOf(name)
    tokens.set(name, token)
    return token
  }

  return async (method, path, { as, headers, body } = {}) => {
    const sent = new Headers(method === 'POST' ? { 'Content-Type': 'application/json' } : {})
    if (as !== undefined) sent.set('Authorization', `Bearer ${await tokenOf(as)}`)
    for (const [name, value] of Object.entries(headers ?? {}))
      if (value === '') sent.delete(name)
      else sent.set(name, value)
    return answerFrom(
      await send(
        new Request(`${base}${path}`, {
          method,
          headers: sent,
          ...(body === undefined ? {} : { body: bytesOf(body) }),
        }),
      ),
    )
  }
}

/** As bytes, so that no Content-Type comes with it by itself. */
const bytesOf = (body: unknown): Uint8Array<ArrayBuffer> =>
  body instanceof Uint8Array
    ? new Uint8Array(body)
    : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
