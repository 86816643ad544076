import type { InboundSharedUserProfile, TenantId, UserId } from '@lethe/domain'
import { decodeProfilePage, profilePath, profilesUrl } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { GraphClient } from './client.js'
import { bareEnding, type Ending } from './endings.js'
import type { Operation } from './graph-call.js'

/**
 * Looks for the profile of one person. Where there is none at its address, the collection must answer in the same look: otherwise a
 * wrong address would pass for a profile that is gone.
 *
 * @param read.decode reads the profile; of anybody else's nothing is concluded.
 * @param read.listed reads it where only the collection has it.
 */
export const look = async <A extends { readonly userId: UserId }>(
  { root }: GraphClient,
  call: GraphClient['call'],
  of: { readonly tenantId: TenantId; readonly userId: UserId; readonly operation: Operation },
  read: {
    readonly decode: t.Decode<unknown, A>
    readonly listed: (profile: InboundSharedUserProfile) => A
  },
): Promise<Ending<A>> => {
  const { tenantId, userId, operation } = of
  const ask = { tenantId, operation, removing: null } as const
  const ended: Ending<A> = await call<A>({
    ...ask,
    url: `${root}${profilePath(userId)}`,
    decode: body =>
      pipe(
        read.decode(body),
        E.flatMap(profile => (profile.userId === userId ? t.success(profile) : t.failures([]))),
      ),
  })
  if (ended.kind !== 'notFound') return ended
  const collection = await call({
    ...ask,
    url: profilesUrl(root, { select: [], filter: [], top: null, skipToken: null }),
    decode: decodeProfilePage,
  })
  if (collection.kind === 'notFound') return bareEnding('wrongAddress', null, ended.answer)
  if (collection.kind !== 'found') return collection
  const listed = collection.value.profiles.find(profile => profile.userId === userId)
  return listed === undefined
    ? bareEnding('absent', null, ended.answer)
    : { kind: 'found', value: read.listed(listed) }
}
