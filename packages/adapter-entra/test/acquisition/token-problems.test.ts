import { afterEach, describe, expect, it } from 'vitest'
import { closeEntras, openEntra, type Reply } from './making/fake-entra.js'
import { applicationProcess, closeProcesses, reading, testClock, tokenOf } from './making/setting-up.js'

afterEach(async () => {
  await closeProcesses()
  await closeEntras()
})

const description = 'AADSTS50000: megan@contoso.example did something'
const refused = (status: number, error: string, more: Readonly<Record<string, unknown>> = {}): Reply => ({
  status,
  body: { error, error_description: description, ...more },
})
const signInRequired = { _tag: 'SignInRequired' }
const unavailable = (retryAfterSeconds: number | null) => ({ _tag: 'TokenUnavailable', retryAfterSeconds })

describe('what comes of a token request', () => {
  it.each<[string, Reply, object, string]>([
    ['a wrong secret', refused(401, 'invalid_client'), signInRequired, 'invalid_client'],
    [
      'an application without consent',
      refused(400, 'unauthorized_client'),
      signInRequired,
      'unauthorized_client',
    ],
    ['a grant that ended', refused(400, 'invalid_grant'), signInRequired, 'invalid_grant'],
    [
      'a person that is needed',
      refused(400, 'interaction_required', { claims: '{"access_token":{}}' }),
      signInRequired,
      'interaction_required',
    ],
    [
      'a consent that is needed, said in the suberror',
      refused(400, 'invalid_grant', { suberror: 'consent_required' }),
      signInRequired,
      'invalid_grant',
    ],
    ['an error without a plain code', refused(400, 'megan@contoso.example'), signInRequired, 'unknown_error'],
    [
      'a passing trouble',
      refused(400, 'temporarily_unavailable'),
      unavailable(null),
      'temporarily_unavailable',
    ],
    ['throttling', { status: 429, headers: { 'retry-after': '17' } }, unavailable(17), 'network_error'],
    ['throttling without a time', { status: 429 }, unavailable(60), 'network_error'],
    [
      'throttling for a day',
      { status: 429, headers: { 'retry-after': '86400' } },
      unavailable(3600),
      'network_error',
    ],
    [
      'throttling for nonsense',
      { status: 429, headers: { 'retry-after': 'soon' } },
      unavailable(60),
      'network_error',
    ],
    ['a failure', refused(500, 'server_error'), unavailable(60), 'network_error'],
    [
      'a failure that names a time',
      { status: 503, headers: { 'retry-after': '3' } },
      unavailable(3),
      'network_error',
    ],
    ['no JSON', { body: '<html>' }, unavailable(null), 'network_error'],
    ['JSON without a token', { body: {} }, unavailable(null), 'network_error'],
    ['an empty token', { body: { access_token: '', expires_in: 3600 } }, unavailable(null), 'no_token'],
    [
      'a token that is none',
      { body: { access_token: 5, expires_in: 3600 } },
      unavailable(null),
      'network_error',
    ],
    ['a refusal without an error', { status: 400, body: {} }, unavailable(null), 'network_error'],
    [
      'too much',
      { body: { access_token: 'a'.repeat(2 ** 20), expires_in: 3600 } },
      unavailable(null),
      'network_error',
    ],
    [
      'a redirect',
      {
        ...refused(307, 'invalid_grant'),
        headers: { location: 'https://elsewhere.example/token' },
      },
      unavailable(null),
      'network_error',
    ],
  ])('%s', async (_, reply, expected, code) => {
    const entra = await openEntra()
    entra.reply(reply)
    const tokens = applicationProcess(entra)

    expect(await tokenOf(tokens, reading)).toStrictEqual(expected)
    expect(tokens.problems).toStrictEqual([{ tenantId: reading.tenantId, code, aadsts: null, network: null }])
  })

  it('no answer within the limit', async () => {
    const entra = await openEntra()
    entra.hang()

    expect(await tokenOf(applicationProcess(entra, { timeoutMs: 50 }), reading)).toStrictEqual(
      unavailable(null),
    )
    // On a busy machine the limit may pass before there is a connection; it is not asked twice.
    expect(entra.calls.length).toBeLessThanOrEqual(1)
  })

  it('nobody who listens', async () => {
    const entra = await openEntra()
    await entra.close()

    const tokens = applicationProcess(entra)
    expect(await tokenOf(tokens, reading)).toStrictEqual(unavailable(null))
    expect(tokens.problems).toMatchObject([{ code: 'network_error', network: 'ECONNREFUSED' }])
  })

  it('the end of the process, while it waits', async () => {
    const entra = await openEntra()
    entra.hang()
    const tokens = applicationProcess(entra)
    const asked = tokenOf(tokens, reading)
    await expect.poll(() => entra.calls.length).toBe(1)
    await tokens.close()

    expect(await asked).toStrictEqual(unavailable(null))
  })

  it('claims that are none', async () => {
    const entra = await openEntra()

    expect(await tokenOf(applicationProcess(entra), { ...reading, claims: 'no JSON' })).toStrictEqual(
      signInRequired,
    )
    expect(entra.calls).toHaveLength(0)
  })
})

describe('an issuer that asked to wait', () => {
  it('is left alone for that long, and then asked again', async () => {
    const entra = await openEntra()
    const clock = testClock()
    const tokens = applicationProcess(entra, { clock })
    entra.reply({ status: 429, headers: { 'retry-after': '90' } })
    expect(await tokenOf(tokens, reading)).toStrictEqual(unavailable(90))
    entra.recover()

    clock.forward(30)
    expect(await tokenOf(tokens, reading)).toStrictEqual(unavailable(60))
    expect(entra.calls).toHaveLength(1)

    clock.forward(60)
    expect(await tokenOf(tokens, reading)).toBe('app-2')
  })

  it('may name the moment', async () => {
    const entra = await openEntra()
    const clock = testClock()
    const moment = new Date(Date.parse(clock.now()) + 45_000)
    moment.setUTCMilliseconds(0)
    entra.reply({ status: 503, headers: { 'retry-after': moment.toUTCString() } })
    const left = Math.ceil((moment.getTime() - Date.parse(clock.now())) / 1000)

    expect(await tokenOf(applicationProcess(entra, { clock }), reading)).toStrictEqual(unavailable(left))
  })
})

describe('what an operator is told', () => {
  it('is the number that Entra gave, and never its words', async () => {
    const entra = await openEntra()
    entra.reply(refused(401, 'invalid_client', { error_codes: [7000215], correlation_id: 'megan' }))
    const tokens = applicationProcess(entra)
    await tokenOf(tokens, reading)

    expect(tokens.problems).toStrictEqual([
      { tenantId: reading.tenantId, code: 'invalid_client', aadsts: 'AADSTS7000215', network: null },
    ])
  })
})
