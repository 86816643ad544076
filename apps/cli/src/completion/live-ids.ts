import { DateTime } from '@lethe/api-contract'
import type { RemovalState } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createClient } from '../client.js'
import type { Io } from '../io.js'
import { createLetheApi, type LetheApi, type Pages } from '../lethe-api.js'
import { findToken } from '../sign-in/find-token.js'
import type { Candidate } from './candidates.js'
import type { CommandLine } from './command-line.js'

/** Whoever presses a key waits no longer than this. */
const patienceMilliseconds = 1500
/** As many as one page holds: a prefix is looked for among these. */
const most = 500

/** The states in which a command can do something with a request; null for any. */
const statesFor: Readonly<Record<string, ReadonlyArray<RemovalState> | null>> = {
  'requests show': null,
  'requests history': null,
  'requests watch': null,
  'requests approve': ['pendingApproval'],
  'requests deny': ['pendingApproval'],
  'requests withdraw': ['pendingApproval', 'approved', 'failed'],
  'requests retry': ['failed'],
}

/** Commands that take many ids; the others take one. */
const takesMany: ReadonlySet<string> = new Set(['requests approve', 'remove'])

/** The ids that fit a command, asked of the server: none where it cannot be asked, or not in time. */
export const liveIds = async (io: Io, line: CommandLine): Promise<ReadonlyArray<Candidate>> => {
  const { path, operands } = line
  if (operands.length > 0 && !takesMany.has(path)) return []
  const states = statesFor[path]
  const isProfile = path === 'remove' || path === 'profiles show'
  if (states === undefined && !isProfile) return []
  const lethe = await openApi(io, line)
  if (lethe === null) return []
  const found =
    states === undefined
      ? await firstOf(lethe.profiles(null, most), ({ userId, homeTenantId }) => ({
          value: userId,
          description: `from ${homeTenantId}`,
        }))
      : await firstOf(
          lethe.requests(states === null ? {} : { state: states }, most),
          ({ id, state, dueDateTime }) => ({
            value: id,
            description: `${state}, due ${DateTime.encode(dueDateTime).slice(0, 10)}`,
          }),
        )
  return found.filter(({ value }) => !operands.includes(value))
}

const openApi = async (io: Io, { server, context }: CommandLine): Promise<LetheApi | null> => {
  const patience = AbortSignal.timeout(patienceMilliseconds)
  const hurried: Io = {
    ...io,
    fetch: (url, init) =>
      io.fetch(url, {
        ...init,
        signal: AbortSignal.any([
          patience,
          ...(init.signal === undefined || init.signal === null ? [] : [init.signal]),
        ]),
      }),
  }
  const found = await findToken(hurried, { server, context })()
  return E.isLeft(found)
    ? null
    : createLetheApi(
        found.right.server,
        createClient({ io: hurried, tokens: found.right.tokens, trace: () => Promise.resolve() }),
      )
}

const firstOf = async <A>(
  pages: Pages<A>,
  candidate: (item: A) => Candidate,
): Promise<ReadonlyArray<Candidate>> => {
  const found: Array<Candidate> = []
  // What came before a failure is worth having.
  await pages(items => {
    found.push(...items.map(candidate))
    return TE.right(undefined)
  })()
  return found
}
