import {
  approveRemoval,
  closeRemoval,
  denyRemoval,
  type RemovalRequestView,
  retryRemoval,
  type SubmittedRemoval,
  submitRemoval,
  viewOf,
  withdrawRemoval,
} from '@lethe/application'
import { succeed } from '@lethe/application/testing'
import type { RemovalRequest, RemovalRequestId } from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { bob, type Claims, granted } from './people.js'
import type { World } from './world.js'

/** What people do, where it must succeed, as it is shown to them. */
export const submitted = async ({ deps, adele }: World, by: Claims = adele): Promise<RemovalRequestView> =>
  viewIn(
    await succeed(
      submitRemoval(deps)({ grant: granted('submit', by), userId: bob, receivedAt: null, batch: null }),
    ),
  )

const viewIn = ({ view }: SubmittedRemoval): Promise<RemovalRequestView> => succeed(view)

const shown = <R>({ deps }: World, acted: TE.TaskEither<R, RemovalRequest>): Promise<RemovalRequestView> =>
  succeed(
    pipe(
      acted,
      TE.flatMap(request => viewOf(deps)(request)),
    ),
  )

export const approved = async (world: World, id: RemovalRequestId, by: Claims): Promise<RemovalRequestView> =>
  shown(world, approveRemoval(world.deps)({ grant: granted('approve', by), id }))

export const denied = async (
  world: World,
  id: RemovalRequestId,
  by: Claims,
  note: string | null = null,
): Promise<RemovalRequestView> =>
  shown(world, denyRemoval(world.deps)({ grant: granted('deny', by), id, code: 'legalClaims', note }))

export const withdrawn = async (
  world: World,
  id: RemovalRequestId,
  by: Claims,
): Promise<RemovalRequestView> =>
  shown(world, withdrawRemoval(world.deps)({ grant: granted('withdraw', by), id }))

export const closed = async (
  world: World,
  id: RemovalRequestId,
  by: Claims,
  note: string | null = null,
): Promise<RemovalRequestView> =>
  shown(world, closeRemoval(world.deps)({ grant: granted('close', by), id, code: 'handledManually', note }))

export const retried = async (world: World, id: RemovalRequestId, by: Claims): Promise<RemovalRequestView> =>
  shown(world, retryRemoval(world.deps)({ grant: granted('retry', by), id }))

/** A request for Bob that the world's officer has approved. */
export const submittedAndApproved = async (world: World): Promise<RemovalRequest> => {
  const { request } = await submitted(world)
  return (await approved(world, request.id, world.megan)).request
}
