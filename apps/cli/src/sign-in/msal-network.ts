import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { exchange, type RawAnswer } from '../exchange.js'
import type { Io } from '../io.js'
import type { ClientRefusal } from '../refusal.js'
import type { Authority } from './authority.js'

const DeviceCode = t.intersection([t.type({ device_code: t.string }), t.partial({ interval: t.number })])
const Pending = t.type({ error: t.keyof({ authorization_pending: null, slow_down: null }) })

/** RFC 8628, 3.5: what a device that asks too often adds to its interval, in seconds. */
const slowDownSeconds = 5

/** RFC 8628, 3.2: how long to wait where the issuer does not say, in seconds. */
const usualInterval = 5
/** Longer than this no answer makes a device wait, in seconds. */
const longestPause = 60

type NetworkRefusal = Extract<
  ClientRefusal,
  { readonly _tag: 'SignInUnreachable' | 'ProxyFailed' | 'ProxyMalformed' }
>

/** What MSAL reaches the issuer through, and whether it did. */
export interface MsalNetwork {
  readonly module: INetworkModule
  /** Why an exchange brought no answer, or one that passes by itself (429, 5xx); null where none did. */
  readonly problem: () => NetworkRefusal | null
  /** With which code a device got no code to show; null where it got one, or asked for none. */
  readonly deviceRefusal: () => string | null
}

/**
 * The network of MSAL: to allowed addresses only, following no redirect, until interrupted.
 *
 * The waits between the questions of a device are made here and not by MSAL, which could not be interrupted in one and
 * takes `slow_down` for an error: it is told an interval of 0. A device that gets no answer asks again, after twice the time (RFC 8628, 3.5):
 * its person takes minutes, and a connection may break in between.
 */
export const msalNetwork = (
  io: Pick<Io, 'fetch' | 'interrupted' | 'sleep'>,
  authority: Authority,
): MsalNetwork => {
  let problem: NetworkRefusal | null = null
  let pauseSeconds: number | null = null
  /** How long to wait after no answer; null where the last one came. */
  let longerPause: number | null = null
  let refusal: string | null = null

  const send = async <T>(
    method: 'GET' | 'POST',
    url: string,
    { headers = {}, body }: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<T>> => {
    const address = authority.addressOf(url)
    if (address === null) throw new Error('The address is not allowed')
    if (pauseSeconds !== null) await io.sleep((longerPause ?? pauseSeconds) * 1000)
    const answer = await exchange(io)(address, {
      method,
      headers: { ...headers, accept: 'application/json' },
      ...(body === undefined ? {} : { body }),
    })()
    const isDown = E.isLeft(answer) || answer.right.status === 429 || answer.right.status >= 500
    if (isDown && (pauseSeconds === null || io.interrupted.aborted)) {
      problem = problemOf(answer)
      throw new Error('The issuer does not answer')
    }
    if (!isDown && isDeviceRequest(address) && answer.right.status >= 400) {
      // MSAL would show the code that is not there.
      refusal = codeIn(answer.right.body)
      throw new Error('The issuer gives no code')
    }
    const read = isDown ? slower() : paced(answer.right)
    // MSAL names the shape that it reads, and looks into it itself.
    const isWhatMsalReads = (what: unknown): what is T => typeof what === 'object' && what !== null
    if (!isWhatMsalReads(read)) throw new Error('The answer is no JSON object')
    return { status: isDown ? 400 : answer.right.status, headers: {}, body: read }
  }

  const slower = (): unknown => {
    longerPause = pauseOf((longerPause ?? pauseSeconds ?? usualInterval) * 2)
    return { error: 'authorization_pending' }
  }

  const paced = ({ body }: RawAnswer): unknown => {
    longerPause = null
    if (DeviceCode.is(body)) {
      pauseSeconds = pauseOf(body.interval)
      return { ...body, interval: 0 }
    }
    if (pauseSeconds === null || !Pending.is(body)) return body
    if (body.error === 'slow_down') pauseSeconds = pauseOf(pauseSeconds + slowDownSeconds)
    return { ...body, error: 'authorization_pending' }
  }

  return {
    module: {
      sendGetRequestAsync: <T>(url: string, options?: NetworkRequestOptions) => send<T>('GET', url, options),
      sendPostRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
        send<T>('POST', url, options),
    },
    problem: () => problem,
    deviceRefusal: () => refusal,
  }
}

const problemOf = (answer: E.Either<ClientRefusal, RawAnswer>): NetworkRefusal =>
  E.isLeft(answer) && (answer.left._tag === 'ProxyFailed' || answer.left._tag === 'ProxyMalformed')
    ? answer.left
    : { _tag: 'SignInUnreachable' }

/** RFC 8628, 3.1: Entra's endpoint for it. */
const isDeviceRequest = ({ pathname }: URL): boolean => pathname.endsWith('/devicecode')

const Refused = t.partial({ error: t.string, error_codes: t.readonlyArray(t.number) })

/** Entra's number, or else the code of RFC 6749, 5.2. */
const codeIn = (body: unknown): string => {
  const { error, error_codes: [number] = [] } = Refused.is(body) ? body : {}
  return number === undefined
    ? (error ?? 'unknown').replaceAll(/[^\w-]/g, '').slice(0, 60)
    : `AADSTS${number}`
}

/** What cannot be waited for, such as 1e12 or -1, would be asked without a pause. */
const pauseOf = (seconds: number = usualInterval): number => Math.min(Math.max(seconds, 1), longestPause)
