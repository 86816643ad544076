import { expect } from 'vitest'
import * as t from 'io-ts'
import * as E from 'fp-ts/lib/Either.js'
import type { Addresses } from '../../src/tour.js'

const Request = t.type({
  id: t.string,
  state: t.string,
  outcome: t.union([t.string, t.null]),
  failure: t.union([t.null, t.type({ reason: t.string })]),
})
export type Request = t.TypeOf<typeof Request>

const profiles = '/beta/directory/inboundSharedUserProfiles'

/** Asks the sandbox's parts as one of its people. */
export const asking = (addresses: Addresses) => {
  const token = async (as: string, claims: object = {}): Promise<string> =>
    (
      await fetch(`${addresses.identity}/sandbox/token`, {
        method: 'POST',
        headers: { Accept: 'text/plain' },
        body: JSON.stringify({ as, claims }),
      })
    ).text()
  const lethe = async (as: string, path: string, method = 'POST'): Promise<Response> =>
    fetch(`${addresses.lethe}${path}`, {
      method,
      headers: { Authorization: `Bearer ${await token(as)}`, 'Content-Type': 'application/json' },
    })
  const requestAt = async (path: string): Promise<Request> => {
    const decoded = Request.decode(await (await lethe('megan', path, 'GET')).json())
    if (E.isLeft(decoded)) throw new Error('Expected a removal request')
    return decoded.right
  }
  return {
    token,
    /** @returns the path of the removal request. */
    submit: async (userId: string): Promise<string> => {
      const answer = await lethe('adele', `${profiles}/${userId}/removePersonalData`)
      expect(answer.status).toBe(204)
      return new URL(answer.headers.get('Operation-Location') ?? '').pathname
    },
    act: async (as: string, path: string, act: 'approve' | 'retry' | 'withdraw'): Promise<number> =>
      (await lethe(as, `${path}/${act}`)).status,
    requestAt,
    /** Waits until a request has come to an end, whichever. */
    ended: async (path: string): Promise<Request> => {
      await expect.poll(async () => (await requestAt(path)).state).toMatch(/^(?:completed|failed)$/)
      return requestAt(path)
    },
    sandbox: async (url: string, body: object): Promise<void> => {
      const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(body) })
      expect(answer.status).toBe(200)
    },
  }
}
