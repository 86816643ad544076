import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import { contoso, northwind } from '../tokens.js'
import { closeEntras, openEntra, type Reply } from './making/fake-entra.js'
import {
  callerOf,
  closeProcesses,
  delegatedProcess,
  meganSignedIn,
  otherRequestId,
  removal,
  requestId,
  sharedParts,
  tokenOf,
} from './making/setting-up.js'

afterEach(async () => {
  await closeProcesses()
  await closeEntras()
})

const done = E.right(undefined)
const row = `${contoso} ${requestId}`

describe('keeping a sign-in', () => {
  it('says who, and since when', async () => {
    const shared = sharedParts()
    const api = delegatedProcess(await openEntra(), shared)
    expect(await api.signIns.keep(meganSignedIn)()).toStrictEqual(done)

    expect(shared.store.rows.get(row)).toMatchObject({
      actor: meganSignedIn.actor,
      keptAt: shared.clock.now(),
    })
  })

  it.each<[string, Reply]>([
    ['needs more of the person', { status: 400, body: { error: 'interaction_required', claims: '{}' } }],
    ['has ended', { status: 400, body: { error: 'invalid_grant' } }],
    ['is for an application whose credential is wrong', { status: 401, body: { error: 'invalid_client' } }],
    ['brings no account', { body: { access_token: 'lonely', expires_in: 3600 } }],
  ])('keeps nothing where it %s, nor what was kept before', async (_, reply) => {
    const entra = await openEntra()
    const shared = sharedParts()
    const api = delegatedProcess(entra, shared)
    await api.signIns.keep(meganSignedIn)()
    entra.reply(reply)

    expect(await api.signIns.keep(meganSignedIn)()).toStrictEqual(done)
    expect(shared.store.rows.size).toBe(0)
    expect(api.problems).toHaveLength(1)
    expect(await tokenOf(api, removal)).toStrictEqual({ _tag: 'SignInRequired' })
  })

  it.each<[string, Reply, number]>([
    ['is down', { status: 500 }, 60],
    ['asked to wait', { status: 429, headers: { 'retry-after': '11' } }, 11],
    ['talks nonsense', { body: 'nonsense' }, 5],
  ])('has to wait where the issuer %s', async (_, reply, retryAfterSeconds) => {
    const entra = await openEntra()
    const shared = sharedParts()
    const api = delegatedProcess(entra, shared)
    await api.signIns.keep(meganSignedIn)()
    const before = shared.store.rows.get(row)
    entra.reply(reply)

    expect(await api.signIns.keep(meganSignedIn)()).toStrictEqual(
      E.left({ _tag: 'Unavailable', retryAfterSeconds }),
    )
    expect(shared.store.rows.get(row)).toBe(before)
  })

  it('has to wait where the store is down', async () => {
    const shared = sharedParts()
    const api = delegatedProcess(await openEntra(), shared)
    shared.store.goDown()

    expect(await api.signIns.keep(meganSignedIn)()).toStrictEqual(
      E.left({ _tag: 'Unavailable', retryAfterSeconds: 7 }),
    )
  })

  it('keeps nothing of a caller whose token is not known, or who is of another tenant', async () => {
    const entra = await openEntra()
    const shared = sharedParts()
    const unknown = delegatedProcess(entra, shared, { assertion: null })
    const api = delegatedProcess(entra, shared)

    expect(await unknown.signIns.keep(meganSignedIn)()).toStrictEqual(done)
    expect(await api.signIns.keep({ ...meganSignedIn, caller: callerOf(northwind) })()).toStrictEqual(done)
    expect(shared.store.rows.size).toBe(0)
    expect(entra.calls).toHaveLength(0)
  })
})

describe('keeping a sign-in for many requests', () => {
  it('exchanges the assertion once for one decision, and again for the next', async () => {
    const entra = await openEntra()
    const shared = sharedParts()
    const api = delegatedProcess(entra, shared)
    const both = [meganSignedIn, { ...meganSignedIn, requestId: otherRequestId }]

    const decision = api.signIns.forMany()
    expect(await Promise.all(both.map(async one => decision.keep(one)()))).toStrictEqual([done, done])
    expect(await decision.keep(meganSignedIn)()).toStrictEqual(done)

    expect(entra.calls).toHaveLength(1)
    expect(shared.store.rows.size).toBe(2)
    await api.signIns.forMany().keep(meganSignedIn)()
    expect(entra.calls).toHaveLength(2)
  })

  it('tries again where the issuer could not be asked, and not where it said no', async () => {
    const entra = await openEntra()
    const api = delegatedProcess(entra, sharedParts())
    entra.reply({ body: 'nonsense' })
    const waiting = api.signIns.forMany()
    expect(await waiting.keep(meganSignedIn)()).toMatchObject({ left: { _tag: 'Unavailable' } })
    entra.reply({ status: 400, body: { error: 'invalid_grant' } })
    const before = entra.calls.length

    expect(await waiting.keep(meganSignedIn)()).toStrictEqual(done)
    expect(await waiting.keep(meganSignedIn)()).toStrictEqual(done)

    expect(entra.calls.length - before).toBe(1)
  })
})

describe('a sign-in that was erased', () => {
  it('is not in memory either', async () => {
    const shared = sharedParts()
    const api = delegatedProcess(await openEntra(), shared)
    await api.signIns.keep(meganSignedIn)()
    await tokenOf(api, removal)

    await shared.store.erase(contoso, requestId)()
    expect(await tokenOf(api, removal)).toStrictEqual({ _tag: 'SignInRequired' })
  })
})
