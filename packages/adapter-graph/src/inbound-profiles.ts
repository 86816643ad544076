import type { InboundProfiles, InvalidPageToken, Throttled, Unavailable } from '@lethe/application'
import {
  type BlockedBy,
  type InboundSharedUserProfile,
  meetsConditions,
  type ProfileCondition,
  type TenantId,
} from '@lethe/domain'
import {
  decodeProfile,
  decodeProfilePage,
  largestProfilePage,
  profilesPath,
  profilesUrl,
} from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import type { GraphClient } from './client.js'
import { type BareEnding, blockedIn, type EndingKind, endings } from './endings.js'
import { look } from './look.js'
import { cutPage, type GraphPage } from './page-cut.js'
import { type PagePosition, queryOf, readPageToken } from './page-token.js'

export interface GraphProfilesOptions {
  /** Whether to ask Graph for pages of the size wanted (`$top`). Its schema says that it does not take that here. */
  readonly pageSizes: boolean
  /** Told how many items of a page are left out, because they have no user id or no home tenant. */
  readonly onLeftOut?: (tenantId: TenantId, count: number) => void
}

const invalidPageToken: InvalidPageToken = { _tag: 'InvalidPageToken' }
const start: PagePosition = { query: null, shown: [] }

/** The inbound shared user profiles of Microsoft Graph. What each ending of a call means is in the table of endings. */
export const graphInboundProfiles = (
  client: GraphClient,
  { pageSizes, onLeftOut }: GraphProfilesOptions = { pageSizes: false },
): InboundProfiles => ({
  get: (tenantId, userId) => async () => {
    const ending = await client.within('lookup', call =>
      look(
        client,
        call,
        { tenantId, userId, operation: 'lookup' },
        { decode: decodeProfile, listed: identity },
      ),
    )
    if (ending.kind === 'found') return E.right(O.some(ending.value))
    return endings[ending.kind].lookup === 'none' ? E.right(O.none) : E.left(lookupProblem(ending))
  },
  list:
    (tenantId, conditions, { size, after }) =>
    async () => {
      const position = after === null ? O.some(start) : readPageToken(after)
      if (O.isNone(position)) return E.left(invalidPageToken)
      const { query } = position.value
      const top = pageSizes ? Math.min(size, largestProfilePage) : null
      const url =
        query === null
          ? profilesUrl(client.root, { select: [], filter: conditions, top, skipToken: null })
          : `${client.root}${profilesPath}?${query}`
      const ending = await client.call({
        tenantId,
        operation: 'lookup',
        removing: null,
        url,
        decode: decodePage(conditions),
      })
      if (ending.kind === 'found') {
        const { leftOut } = ending.value
        if (leftOut > 0) onLeftOut?.(tenantId, leftOut)
        return E.right(cutPage(ending.value, position.value, size))
      }
      return E.left(ending.kind === 'badRequest' && query !== null ? invalidPageToken : lookupProblem(ending))
    },
})

/** What a caller is told to wait where nobody said for how long, in seconds. */
const defaultWaitSeconds = 5

/** What the table of endings says of a look-up that found nothing out. */
const lookupProblem = ({ kind, retryAfterSeconds }: BareEnding): Unavailable | Throttled => {
  const wait = Math.ceil(retryAfterSeconds ?? defaultWaitSeconds)
  if (endings[kind].lookup === 'throttled') return { _tag: 'Throttled', retryAfterSeconds: wait }
  const blockedBy = missingFor(kind)
  return { _tag: 'Unavailable', retryAfterSeconds: wait, ...(blockedBy === null ? {} : { blockedBy }) }
}

/** Look-ups are made in Lethe's own name: what refuses one refuses all, until an administrator acts. */
const missingFor = (kind: EndingKind): BlockedBy | null => {
  if (endings[kind].removal === 'signIn') return 'credential'
  return kind === 'forbidden' ? 'permission' : blockedIn(kind)
}

/** Conditions are checked again: a Graph that passed one over must not widen what is shown. */
const decodePage =
  (
    conditions: ReadonlyArray<ProfileCondition>,
  ): t.Decode<unknown, GraphPage<InboundSharedUserProfile> & { readonly leftOut: number }> =>
  body =>
    pipe(
      decodeProfilePage(body),
      E.flatMap(({ profiles, nextLink, leftOut }) => {
        const next = nextLink === null ? O.none : queryOf(nextLink)
        return nextLink !== null && O.isNone(next)
          ? t.failures([])
          : t.success({
              items: profiles.filter(meetsConditions(conditions)),
              nextQuery: O.toNullable(next),
              leftOut,
            })
      }),
    )
