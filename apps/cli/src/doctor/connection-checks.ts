import * as E from 'fp-ts/lib/Either.js'
import { exchange } from '../exchange.js'
import { messagesOf } from '../refusal-messages.js'
import { type Check, failed, ok, skipped } from './check.js'
import { tlsProblemOf } from './tls-problems.js'

/** Whether the name of the server means anything. Makes the first call, which the next checks look at too. */
export const nameCheck: Check = {
  name: 'name',
  look: async ({ io }, { address }) => {
    if (address === undefined) return skipped('an address')
    const probe = await exchange(io)(new URL(`${address}/healthz/live`), {
      headers: { accept: 'application/json' },
    })()
    const { hostname } = new URL(address)
    return E.isLeft(probe) &&
      probe.left._tag === 'Unreachable' &&
      /^(?:ENOTFOUND|EAI_)/.test(probe.left.reason)
      ? {
          examined: failed(
            probe.left,
            `The name ${hostname} cannot be resolved (${probe.left.reason}).`,
            'Look for a slip in LETHE_SERVER, and whether you are in the right network or VPN.',
          ),
        }
      : { examined: ok(`${hostname} is known.`), learned: { probe } }
  },
}

/** Whether something listens there. */
export const connectionCheck: Check = {
  name: 'connection',
  look: async (_, { probe }) => {
    if (probe === undefined) return skipped('a name that is known')
    if (E.isRight(probe) || isAboutTls(probe.left)) return { examined: ok('The server can be reached.') }
    const reason = probe.left._tag === 'Unreachable' ? probe.left.reason : probe.left._tag
    return {
      examined:
        reason === 'ECONNREFUSED'
          ? failed(
              probe.left,
              'Nothing listens at that address and port (ECONNREFUSED).',
              'Look whether Lethe runs there, and whether the port in LETHE_SERVER is right.',
            )
          : failed(
              probe.left,
              messagesOf(probe.left).join(' '),
              'Look for a firewall, a VPN or a proxy between this machine and the server.',
            ),
    }
  },
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
