import { DateTime } from '@lethe/api-contract'
import type { Instant, RemovalState } from '@lethe/domain'
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
/** Each of them is counted by the server. */
const mostBatches = 20

/** Whose ids are sought, and in which states; null for any. */
type Sought =
  | { readonly kind: 'profiles' }
  | { readonly kind: 'requests' | 'batches'; readonly states: ReadonlyArray<RemovalState> | null }

const profiles: Sought = { kind: 'profiles' }
const requests = (...states: ReadonlyArray<RemovalState>): Sought => ({ kind: 'requests', states })
const batches = (...states: ReadonlyArray<RemovalState>): Sought => ({ kind: 'batches', states })
const anyRequest: Sought = { kind: 'requests', states: null }
const anyBatch: Sought = { kind: 'batches', states: null }

/** What a command can do something with. */
const soughtByCommands: Readonly<Record<string, Sought>> = {
  remove: profiles,
  'profiles show': profiles,
  'requests show': anyRequest,
  'requests history': anyRequest,
  'requests watch': anyRequest,
  'requests approve': requests('pendingApproval'),
  'requests deny': requests('pendingApproval'),
  'requests withdraw': requests('pendingApproval', 'approved', 'failed'),
  'requests retry': requests('failed'),
  'requests close': requests('failed'),
  'batches show': anyBatch,
  'batches approve': batches('pendingApproval'),
  'batches deny': batches('pendingApproval'),
  'batches withdraw': batches('pendingApproval', 'approved', 'failed'),
  'batches retry': batches('failed'),
}
const soughtByOptions: Readonly<Record<string, Sought>> = { '--user': profiles, '--batch': anyBatch }

/** Commands that take many ids; the others take one. */
const takesMany: ReadonlySet<string> = new Set([
  'remove',
  'requests approve',
  'requests deny',
  'requests withdraw',
  'requests retry',
])

/** The ids that fit a command or an option, asked of the server: none where it cannot be asked, or not in time. */
export const liveIds = async (io: Io, line: CommandLine): Promise<ReadonlyArray<Candidate>> => {
  const sought = soughtAt(line)
  const lethe = sought === undefined ? null : await openApi(io, line)
  if (sought === undefined || lethe === null) return []
  const found = await candidatesIn(lethe, sought)
  return line.option === null ? found.filter(({ value }) => !line.operands.includes(value)) : found
}

/** `lethe graph` asks no server. */
const soughtAt = ({ path, option, operands }: CommandLine): Sought | undefined => {
  if (option !== null) return path.startsWith('graph') ? undefined : soughtByOptions[option.long ?? '']
  return operands.length > 0 && !takesMany.has(path) ? undefined : soughtByCommands[path]
}

const candidatesIn = (lethe: LetheApi, sought: Sought): Promise<ReadonlyArray<Candidate>> => {
  switch (sought.kind) {
    case 'profiles':
      return firstOf(lethe.profiles(null, most), ({ userId, homeTenantId }) => ({
        value: userId,
        description: `from ${homeTenantId}`,
      }))
    case 'requests':
      return firstOf(lethe.requests(filterOf(sought.states), most), ({ id, state, dueDateTime }) => ({
        value: id,
        description: `${state}, due ${dayOf(dueDateTime)}`,
      }))
    case 'batches':
      return firstOf(
        lethe.batches(filterOf(sought.states), mostBatches),
        ({ id, count, submittedDateTime }) => ({
          value: id,
          description: `${count} requests of ${dayOf(submittedDateTime)}`,
        }),
      )
  }
}

const filterOf = (states: ReadonlyArray<RemovalState> | null) => (states === null ? {} : { state: states })

const dayOf = (at: Instant): string => DateTime.encode(at).slice(0, 10)

const openApi = async (io: Io, { server, context }: CommandLine): Promise<LetheApi | null> => {
  const patience = AbortSignal.timeout(patienceMilliseconds)
  const hurried: Io = {
    ...io,
    fetch: (url, init) =>
      io.fetch(url, {
        ...init,
        signal: AbortSignal.any([patience, ...(init.signal === undefined ? [] : [init.signal])]),
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
