import type { Grant, InboundSharedUserProfile, ProfileCondition, UserId } from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { InboundProfiles } from '../ports/inbound-profiles.js'
import type { Page, PageRequest } from '../ports/page.js'
import type { InvalidPageToken, Throttled, Unavailable } from '../ports/problems.js'
import { type ProfileNotFound, profileNotFound } from './refusals.js'

export type GetProfile = (input: {
  readonly grant: Grant<'getProfile'>
  readonly userId: UserId
}) => TE.TaskEither<ProfileNotFound | Throttled | Unavailable, InboundSharedUserProfile>

/** One inbound shared user profile of the caller's tenant. */
export const getProfile =
  ({ inboundProfiles }: { readonly inboundProfiles: Pick<InboundProfiles, 'get'> }): GetProfile =>
  ({ grant, userId }) =>
    pipe(
      inboundProfiles.get(grant.tenantId, userId),
      TE.flatMap(found => TE.fromOption(() => profileNotFound(userId))(found)),
    )

export type ListProfiles = (input: {
  readonly grant: Grant<'listProfiles'>
  readonly conditions: ReadonlyArray<ProfileCondition>
  readonly page: PageRequest
}) => TE.TaskEither<InvalidPageToken | Throttled | Unavailable, Page<InboundSharedUserProfile>>

/** The inbound shared user profiles of the caller's tenant. */
export const listProfiles =
  ({ inboundProfiles }: { readonly inboundProfiles: Pick<InboundProfiles, 'list'> }): ListProfiles =>
  ({ grant, conditions, page }) =>
    inboundProfiles.list(grant.tenantId, conditions, page)
