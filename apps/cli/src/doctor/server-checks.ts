import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { exchange } from '../exchange.js'
import type { HttpHeaders } from '../io.js'
import { type Check, failed, ok, skipped, warning } from './check.js'

const Live = t.type({ status: t.literal('live') })
const Ready = t.intersection([
  t.type({ status: t.string }),
  t.partial({
    graph: t.intersection([
      t.type({ closed: t.number, open: t.number, halfOpen: t.number }),
      t.partial({ blockedBy: t.record(t.string, t.number) }),
    ]),
    noWorker: t.type({ tenants: t.number, seconds: t.union([t.number, t.null]) }),
  }),
])

/** Whether what answers is Lethe. */
export const letheCheck: Check = {
  name: 'lethe',
  look: async (_, { address, answer }) => {
    if (address === undefined || answer === undefined) return skipped('a connection')
    const { status, body } = answer
    if (status === 200 && Live.is(body))
      return { examined: ok('It is Lethe that answers, and it is live.'), learned: { server: address } }
    const refusal = { _tag: 'UnexpectedAnswer', status, what: 'it is not Lethe', requestId: null } as const
    const elsewhere = status >= 300 && status < 400 ? originIn(answer.headers, address) : null
    if (elsewhere !== null)
      return {
        examined: failed(
          refusal,
          `The server sends everybody on to ${elsewhere} (${status}), and a token follows nobody.`,
          'If that is where Lethe is now, use that address; if people sign in there first, ask for one without that.',
        ),
      }
    return {
      examined: failed(
        refusal,
        `What answers is not Lethe, or a proxy in front of it (${status}).`,
        'Look whether the address is whole, with its path if there is one.',
      ),
    }
  },
}

const originIn = (headers: HttpHeaders, address: string): string | null =>
  URL.parse(headers.get('location') ?? '', address)?.origin ?? null

/** Why a server is not ready, in words; one of another version may give no reason, or another one. */
const whyNotReady: ReadonlyMap<string, string> = new Map([
  ['database', 'its database does not answer'],
  ['schema', 'its database lacks a migration'],
  ['standby', 'its database is a standby, which takes no writes'],
  ['clock', 'its clock is not that of its database'],
])
const unknownReason = 'it starts or stops, or its database is out of reach'

const NotReady = t.type({ reason: t.string })

/** Whether it takes requests. */
export const readyCheck: Check = {
  name: 'ready',
  look: async ({ io }, { server }) => {
    if (server === undefined) return skipped('Lethe to answer')
    const answer = await exchange(io)(new URL(`${server}/healthz/ready`), {
      headers: { accept: 'application/json' },
    })()
    if (E.isLeft(answer))
      return { examined: failed(answer.left, 'It did not say whether it is ready.', 'Try again later.') }
    const { status, body } = answer.right
    if (status !== 200)
      return {
        examined: failed(
          {
            _tag: 'Unavailable',
            status,
            code: null,
            message: 'The server is not ready.',
            why: null,
            requestId: null,
            retryAfter: null,
          },
          `It takes no requests now: ${whyNotReady.get(NotReady.is(body) ? body.reason : '') ?? unknownReason}.`,
          'Try again in a minute; if that does not help, whoever runs Lethe finds the cause in its log.',
        ),
      }
    const said = Ready.is(body) ? whatIsWrong(body) : []
    return {
      examined:
        said.length === 0
          ? ok('It takes requests.')
          : warning(
              `It takes requests, but ${said.join('; ')}.`,
              'Removals of those tenants wait; lethe status tells whether yours is one of them.',
            ),
    }
  },
}

const whatIsWrong = ({ graph, noWorker }: t.TypeOf<typeof Ready>): ReadonlyArray<string> => {
  const failing = (graph?.open ?? 0) + (graph?.halfOpen ?? 0)
  return [
    ...(failing === 0 ? [] : [`calls to Microsoft Graph fail for ${failing} of its tenants`]),
    ...Object.entries(graph?.blockedBy ?? {})
      .filter(([, count]) => count > 0)
      .map(([by, count]) => `Microsoft Graph does not take Lethe's ${by} for ${count} of its tenants`),
    ...(noWorker === undefined
      ? []
      : [
          `no worker has been seen ${noWorker.seconds === null ? 'yet' : `for ${noWorker.seconds} s`} for ${noWorker.tenants} of its tenants`,
        ]),
  ]
}

/** The skew that the server permits in tokens, in seconds. */
const permittedSkew = 300

/** Whether both have the same time: a token is good for a while only. */
export const clockCheck: Check = {
  name: 'clock',
  look: async ({ io }, { server, answer }) => {
    if (server === undefined || answer === undefined) return skipped('Lethe to answer')
    const there = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isNaN(there)) return { examined: ok('The server does not say what time it has.') }
    const milliseconds = io.now() - there
    const skew = Math.round(milliseconds / 1000)
    return {
      learned: { skew: milliseconds },
      examined:
        Math.abs(skew) <= permittedSkew
          ? ok('The clocks of this machine and the server agree.')
          : warning(
              `The clock of this machine is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} the server's.`,
              'Let the operating system set the time: tokens are refused as expired, or as not valid yet.',
            ),
    }
  },
}
