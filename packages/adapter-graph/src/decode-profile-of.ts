import type { InboundSharedUserProfile, UserId } from '@lethe/domain'
import { decodeProfile } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'

/** Reads the profile of one person: anybody else's is an error, so that it is neither shown nor taken for an answer. */
export const decodeProfileOf =
  (userId: UserId): t.Decode<unknown, InboundSharedUserProfile> =>
  body =>
    pipe(
      decodeProfile(body),
      E.flatMap(profile => (profile.userId === userId ? t.success(profile) : t.failures([]))),
    )
