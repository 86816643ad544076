import {
  approveRemoval,
  closeRemoval,
  denyRemoval,
  type RemovalRequestView,
  retryRemoval,
  submitRemoval,
  withdrawRemoval,
} from '@lethe/application'
import { succeed } from '@lethe/application/testing'
import type { RemovalRequest, RemovalRequestId } from '@lethe/domain'
import { bob, type Claims, granted } from './people.js'
import type { World } from './world.js'

/** What people do, where it must succeed. */
export const submitted = async ({ deps, adele }: World, by: Claims = adele): Promise<RemovalRequestView> =>
  (
    await succeed(
      submitRemoval(deps)({ grant: granted('submit', by), userId: bob, receivedAt: null, batch: null }),
    )
  ).view

export const approved = async (
  { deps }: World,
  id: RemovalRequestId,
  by: Claims,
): Promise<RemovalRequestView> => succeed(approveRemoval(deps)({ grant: granted('approve', by), id }))

export const denied = async (
  { deps }: World,
  id: RemovalRequestId,
  by: Claims,
  note: string | null = null,
): Promise<RemovalRequestView> =>
  succeed(denyRemoval(deps)({ grant: granted('deny', by), id, code: 'legalClaims', note }))

export const withdrawn = async (
  { deps }: World,
  id: RemovalRequestId,
  by: Claims,
): Promise<RemovalRequestView> => succeed(withdrawRemoval(deps)({ grant: granted('withdraw', by), id }))

export const closed = async (
  { deps }: World,
  id: RemovalRequestId,
  by: Claims,
  note: string | null = null,
): Promise<RemovalRequestView> =>
  succeed(closeRemoval(deps)({ grant: granted('close', by), id, code: 'handledManually', note }))

export const retried = async (
  { deps }: World,
  id: RemovalRequestId,
  by: Claims,
): Promise<RemovalRequestView> => succeed(retryRemoval(deps)({ grant: granted('retry', by), id }))

/** A request for Bob that the world's officer has approved. */
export const submittedAndApproved = async (world: World): Promise<RemovalRequest> => {
  const { request } = await submitted(world)
  return (await approved(world, request.id, world.megan)).request
}
