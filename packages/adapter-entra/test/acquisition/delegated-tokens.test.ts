import type { SealedSignIn } from '@lethe/application'
import { addSeconds } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import { contoso, northwind } from '../tokens.js'
import { closeEntras, type FakeEntra, openEntra } from './making/fake-entra.js'
import {
  assertion,
  closeProcesses,
  delegatedProcess,
  keysOf,
  keyText,
  meganSignedIn,
  actor,
  otherActor,
  otherRequestId,
  type Process,
  reading,
  removal,
  requestId,
  type Shared,
  sharedParts,
  tokenOf,
} from './making/setting-up.js'

afterEach(async () => {
  await closeProcesses()
  await closeEntras()
})

const signInRequired = { _tag: 'SignInRequired' }
const day = 24 * 60 * 60
const row = `${contoso} ${requestId}`

/** Megan approved in one process; a worker is another one, with the same store. */
const approved = async (): Promise<{
  readonly entra: FakeEntra
  readonly shared: Shared
  readonly api: Process
  readonly worker: Process
}> => {
  const entra = await openEntra()
  const shared = sharedParts()
  const api = delegatedProcess(entra, shared)
  expect(await api.signIns.keep(meganSignedIn)()).toStrictEqual(E.right(undefined))
  return { entra, shared, api, worker: delegatedProcess(entra, shared) }
}

const keptIn = ({ store }: Shared): SealedSignIn => {
  const kept = store.rows.get(row)
  if (kept === undefined) throw new Error('Nothing was kept')
  return kept
}

describe('a removal on behalf of the last approver', () => {
  it('uses, in another process, the token that their assertion was exchanged for at approval', async () => {
    const { entra, worker } = await approved()

    expect(await tokenOf(worker, removal)).toBe('person-1')
    expect(entra.grants()).toStrictEqual(['jwt-bearer'])
    expect(Object.fromEntries(entra.calls[0]?.form ?? [])).toMatchObject({
      assertion,
      requested_token_use: 'on_behalf_of',
    })
    expect(entra.calls[0]?.form.get('scope')).toContain('https://graph.example/.default')
  })

  it('leaves reading to the application', async () => {
    const { entra, worker } = await approved()

    expect(await tokenOf(worker, reading)).toBe('app-2')
    expect(entra.grants()).toStrictEqual(['jwt-bearer', 'client_credentials'])
  })

  it('needs somebody who signed in for that very request, in that tenant', async () => {
    const { entra, worker } = await approved()

    expect(
      await tokenOf(worker, { ...removal, removing: { requestId: otherRequestId, onBehalfOf: actor } }),
    ).toStrictEqual(signInRequired)
    expect(await tokenOf(worker, { ...removal, tenantId: northwind })).toStrictEqual(signInRequired)
    expect(entra.calls).toHaveLength(1)
  })

  it('gets a new token for the refresh token, and the next process finds that one', async () => {
    const { entra, shared, worker } = await approved()
    entra.lifetime(299)
    const second = delegatedProcess(entra, shared)
    await second.signIns.keep(meganSignedIn)()
    const keptAt = keptIn(shared).keptAt
    shared.clock.forward(600)

    entra.lifetime(3600)
    expect(await tokenOf(worker, removal)).toBe('person-3')
    expect(entra.calls[2]?.form.get('refresh_token')).toBe('refresh-2')
    expect(await tokenOf(delegatedProcess(entra, shared), removal)).toBe('person-3')
    expect(entra.grants()).toStrictEqual(['jwt-bearer', 'jwt-bearer', 'refresh_token'])
    expect(keptIn(shared).keptAt).toBe(keptAt)
  })

  it('goes on with a rotated refresh token', async () => {
    const { entra, shared, api, worker } = await approved()
    entra.lifetime(1)
    await api.signIns.keep(meganSignedIn)()

    await tokenOf(worker, removal)
    await tokenOf(delegatedProcess(entra, shared), removal)
    expect(entra.calls.map(({ form }) => form.get('refresh_token'))).toStrictEqual([
      null,
      null,
      'refresh-2',
      'refresh-3',
    ])
  })

  it('asks once for all who need it at the same time', async () => {
    const { entra, api, worker } = await approved()
    entra.lifetime(299)
    await api.signIns.keep(meganSignedIn)()
    const letGo = entra.hold()
    const asked = Array.from({ length: 10 }, () => tokenOf(worker, removal))
    await expect.poll(() => entra.calls.length).toBe(3)
    letGo()

    expect(new Set(await Promise.all(asked))).toStrictEqual(new Set(['person-3']))
    expect(entra.calls).toHaveLength(3)
  })

  it('meets a claims challenge with a new token, which is used from then on', async () => {
    const { entra, shared, worker } = await approved()
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1795000000"}}}'
    expect(await tokenOf(worker, removal)).toBe('person-1')

    expect(await tokenOf(worker, { ...removal, claims })).toBe('person-2')
    expect(entra.calls[1]?.form.get('claims')).toContain('1795000000')
    expect(await tokenOf(worker, removal)).toBe('person-2')
    expect(await tokenOf(delegatedProcess(entra, shared), removal)).toBe('person-2')
  })

  it('takes the sign-in of whoever retries, at once', async () => {
    const { api, worker } = await approved()
    expect(await tokenOf(worker, removal)).toBe('person-1')
    await api.signIns.keep({ ...meganSignedIn, actor: otherActor })()

    const retried = { ...removal, removing: { requestId, onBehalfOf: otherActor } }
    expect(await tokenOf(worker, retried)).toBe('person-2')
  })

  it('takes nobody’s sign-in but that of the person in whose name the removal is done', async () => {
    const { api, worker, shared } = await approved()
    await api.signIns.keep({ ...meganSignedIn, actor: otherActor })()

    expect(await tokenOf(worker, removal)).toStrictEqual(signInRequired)
    const nobodys = { ...removal, removing: { requestId, onBehalfOf: null } }
    expect(await tokenOf(worker, nobodys)).toStrictEqual(signInRequired)
    expect(shared.store.rows.size).toBe(1)
  })
})

describe('a sign-in that no longer holds', () => {
  it.each([
    ['needs the person', { error: 'interaction_required', claims: '{"access_token":{}}' }],
    ['was revoked', { error: 'invalid_grant', error_codes: [50173] }],
  ])('%s: somebody has to sign in, and it is erased', async (_, body) => {
    const { entra, shared, api, worker } = await approved()
    entra.lifetime(299)
    await api.signIns.keep(meganSignedIn)()
    entra.reply({ status: 400, body })

    expect(await tokenOf(worker, removal)).toStrictEqual(signInRequired)
    expect(shared.store.rows.size).toBe(0)
    expect(worker.problems[0]?.code).toBe(body.error)
  })

  it('does not meet a claims challenge', async () => {
    const { entra, worker } = await approved()
    entra.reply({ status: 400, body: { error: 'interaction_required' } })

    expect(await tokenOf(worker, { ...removal, claims: '{"access_token":{"nbf":{}}}' })).toStrictEqual(
      signInRequired,
    )
  })

  it('leaves alone what was kept in the meantime', async () => {
    const { entra, shared, api, worker } = await approved()
    entra.lifetime(299)
    await api.signIns.keep(meganSignedIn)()
    entra.reply({ status: 400, body: { error: 'invalid_grant' } })
    const letGo = entra.hold()
    const asked = tokenOf(worker, removal)
    await expect.poll(() => entra.calls.length).toBe(3)
    const fresh = { ...keptIn(shared), sealed: 'fresh' }
    shared.store.rows.set(row, fresh)
    letGo()

    expect(await asked).toStrictEqual(signInRequired)
    expect(shared.store.rows.get(row)).toBe(fresh)
  })

  it('is erased 24 hours after it was kept, used or not', async () => {
    const { shared, worker } = await approved()
    shared.clock.forward(day)
    expect(await tokenOf(worker, removal)).toBe('person-1')
    shared.clock.forward(1)

    expect(await tokenOf(worker, removal)).toStrictEqual(signInRequired)
    expect(shared.store.rows.size).toBe(0)
  })

  it('is not brought back by a token that was on its way when it was erased', async () => {
    const { entra, shared, api, worker } = await approved()
    entra.lifetime(299)
    await api.signIns.keep(meganSignedIn)()
    const letGo = entra.hold()
    const asked = tokenOf(worker, removal)
    await expect.poll(() => entra.calls.length).toBe(3)
    await shared.store.erase(contoso, requestId)()
    letGo()

    expect(await asked).toBe('person-3')
    expect(shared.store.rows.size).toBe(0)
  })
})

describe('an issuer or a store that cannot be asked', () => {
  it('leaves the sign-in for later', async () => {
    const { entra, shared, api, worker } = await approved()
    entra.lifetime(299)
    await api.signIns.keep(meganSignedIn)()
    entra.reply({ status: 503, headers: { 'retry-after': '20' } })

    expect(await tokenOf(worker, removal)).toStrictEqual({ _tag: 'TokenUnavailable', retryAfterSeconds: 20 })
    entra.recover()
    shared.clock.forward(20)
    expect(await tokenOf(worker, removal)).toBe('person-4')
  })

  it('makes the token unavailable where what was kept cannot be found', async () => {
    const { shared, worker } = await approved()
    shared.store.goDown()

    expect(await tokenOf(worker, removal)).toStrictEqual({ _tag: 'TokenUnavailable', retryAfterSeconds: 7 })
  })
})

describe('what is kept', () => {
  it('shows neither token nor assertion nor person, and is not what MSAL calls a cache', async () => {
    const { shared } = await approved()
    const bytes = Buffer.from(keptIn(shared).sealed, 'base64url').toString('latin1')

    expect(bytes.length).toBeGreaterThan(500)
    for (const secret of ['person-1', 'refresh-1', 'bWVnYW4', 'megan', 'AccessToken']) {
      expect(bytes).not.toContain(secret)
      expect(keptIn(shared).sealed).not.toContain(secret)
    }
  })

  it('opens while its key is among the keys, and is sealed anew with the first of them', async () => {
    const entra = await openEntra()
    const [old, young] = [keyText('old'), keyText('young')]
    const shared = { ...sharedParts(), keys: keysOf(old) }
    entra.lifetime(299)
    await delegatedProcess(entra, shared).signIns.keep(meganSignedIn)()
    entra.lifetime(3600)

    expect(await tokenOf(delegatedProcess(entra, { ...shared, keys: keysOf(young, old) }), removal)).toBe(
      'person-2',
    )
    expect(await tokenOf(delegatedProcess(entra, { ...shared, keys: keysOf(young) }), removal)).toBe(
      'person-2',
    )
  })

  it('is erased where its key is gone', async () => {
    const { entra, shared } = await approved()
    const worker = delegatedProcess(entra, { ...shared, keys: keysOf(keyText('k2')) })

    expect(await tokenOf(worker, removal)).toStrictEqual(signInRequired)
    expect(shared.store.rows.size).toBe(0)
  })

  it.each([
    ['tampered with', (text: string) => `${text.slice(0, -4)}AAAA`],
    ['cut off', (text: string) => text.slice(0, 60)],
    ['nothing', () => ''],
  ])('is erased where it is %s', async (_, change) => {
    const { shared, worker } = await approved()
    const kept = keptIn(shared)
    shared.store.rows.set(row, { ...kept, sealed: change(kept.sealed) })

    expect(await tokenOf(worker, removal)).toStrictEqual(signInRequired)
    expect(shared.store.rows.size).toBe(0)
  })

  it('cannot be made to last longer, nor be moved to another actor or request', async () => {
    const { shared, worker } = await approved()
    const kept = keptIn(shared)
    shared.store.rows.set(row, { ...kept, keptAt: addSeconds(kept.keptAt, 60) })
    expect(await tokenOf(worker, removal)).toStrictEqual(signInRequired)
    shared.store.rows.set(row, { ...kept, actor: otherActor })
    expect(await tokenOf(worker, removal)).toStrictEqual(signInRequired)
    shared.store.rows.set(`${contoso} ${otherRequestId}`, kept)

    expect(
      await tokenOf(worker, { ...removal, removing: { requestId: otherRequestId, onBehalfOf: actor } }),
    ).toStrictEqual(signInRequired)
  })
})
