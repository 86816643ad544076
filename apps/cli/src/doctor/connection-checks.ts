import * as E from 'fp-ts/lib/Either.js'
import { exchange } from '../exchange.js'
import type { ClientRefusal } from '../refusal.js'
import { type Check, failed, ok, skipped } from './check.js'
import { tlsProblemOf } from './tls-problems.js'

/** Whether the name of the server means anything. Makes the first call, which the next checks look at too. */
export const nameCheck: Check = {
  name: 'name',
  look: async ({ io }, { address, proxies }) => {
    if (address === undefined) return skipped('an address')
    const probe = await exchange(io)(new URL(`${address}/healthz/live`), {
      headers: { accept: 'application/json' },
    })()
    if (E.isLeft(probe) && probe.left._tag === 'ProxyMalformed')
      return skipped('a proxy that is named rightly')
    const { hostname } = new URL(address)
    const { proxyFor } = await import('@lethe/standalone/network')
    const proxy = proxies === undefined ? null : proxyFor(proxies, new URL(address))
    if (proxy !== null)
      return { examined: ok(`The proxy of ${proxy} looks ${hostname} up.`), learned: { probe } }
    return E.isLeft(probe) &&
      probe.left._tag === 'Unreachable' &&
      /^(?:ENOTFOUND|EAI_)/.test(probe.left.reason)
      ? {
          examined: failed(
            probe.left,
            `The name ${hostname} cannot be resolved (${probe.left.reason}).`,
            'Look for a slip in the address, and whether you are in the right network or VPN.',
          ),
        }
      : { examined: ok(`${hostname} is known.`), learned: { probe } }
  },
}

/** Whether something listens there. */
export const connectionCheck: Check = {
  name: 'connection',
  look: async (_, { address, probe }) => {
    if (address === undefined || probe === undefined) return skipped('a name that is known')
    if (E.isRight(probe) || isAboutTls(probe.left)) return { examined: ok('The server can be reached.') }
    const { finding, advice } = problemOf(probe.left, address)
    return { examined: failed(probe.left, finding, advice) }
  },
}

const problemOf = (refusal: ClientRefusal, address: string) => {
  if (refusal._tag === 'ProxyFailed') return problemOfProxy(refusal.variable, refusal.reason)
  const reason = refusal._tag === 'Unreachable' ? refusal.reason : refusal._tag
  if (reason === 'ECONNREFUSED')
    return {
      finding: 'Nothing listens at that address and port (ECONNREFUSED).',
      advice: 'Look whether Lethe runs there, and whether the port is right.',
    }
  if (/^(?:UND_ERR_SOCKET|HPE_)/.test(reason))
    return {
      finding: `Something listens there, and does not answer over HTTP (${reason}).`,
      advice: address.startsWith('http:')
        ? 'Look whether the port is right, and whether the address begins with https.'
        : 'Look whether the port is right, and whether the server wants a certificate of its clients: lethe has none.',
    }
  return {
    finding: `The server does not answer (${reason}).`,
    advice: 'Look for a firewall, a VPN or a proxy between this machine and the server.',
  }
}

/** What a proxy answers that fails, or the code of the platform where it did not answer. */
const problemOfProxy = (variable: string, reason: string) => {
  if (reason === '407')
    return {
      finding: `The proxy of ${variable} does not take who you are (407).`,
      advice: `Put your user and password for the proxy into ${variable}: http://user:password@proxy.example:8080, percent-encoded.`,
    }
  return /^\d+$/.test(reason)
    ? {
        finding: `The proxy of ${variable} does not connect you to the server (${reason}).`,
        advice:
          'Look whether the address of the server is right, and ask the administrator of the proxy; NO_PROXY names hosts that are reached without it.',
      }
    : {
        finding: `The proxy of ${variable} cannot be reached (${reason}).`,
        advice: `Look whether ${variable} is right; NO_PROXY names hosts that are reached without a proxy.`,
      }
}

/** Whether the server is whom its name says. */
export const certificateCheck: Check = {
  name: 'certificate',
  look: async (_, { address, probe }) => {
    if (address === undefined || probe === undefined) return skipped('a connection')
    if (E.isRight(probe))
      return {
        examined: ok(
          address.startsWith('https:')
            ? 'The certificate of the server is trusted.'
            : 'No certificate is needed within this machine.',
        ),
        learned: { answer: probe.right },
      }
    const problem = probe.left._tag === 'Unreachable' ? tlsProblemOf(probe.left.reason) : null
    return problem === null
      ? skipped('a connection')
      : { examined: failed(probe.left, problem.finding, problem.advice) }
  },
}

const isAboutTls = (refusal: { readonly _tag: string; readonly reason?: string }): boolean =>
  refusal._tag === 'Unreachable' && tlsProblemOf(refusal.reason ?? '') !== null
