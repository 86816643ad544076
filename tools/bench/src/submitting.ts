import { createSecretKey, randomUUID } from 'node:crypto'
import { openPostgresStore } from '@lethe/adapter-postgres'
import { historySeals, randomIdentifiers, sha256Digest, systemClock } from '@lethe/adapter-system'
import { findPersonIn, noSignIns, submitRemoval } from '@lethe/application'
import {
  authorize,
  type BatchId,
  callerFromClaims,
  contracts,
  type Grant,
  saturdayAndSunday,
  type TenantId,
  UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { endlessData } from './endless-data.js'
import { historyKey, type World } from './world.js'

const atATime = 512

/**
 * Submits so many requests of a tenant, as the API would, each for somebody else.
 *
 * @param batch that they are a part of; default: none.
 */
export const submitMany = (
  world: World,
  tenantId: TenantId,
  count: number,
  approval: 'automatic' | 'approvers',
  batch: BatchId | null = null,
): Promise<void> => submitEach(world, tenantId, count, newUser, approval, batch)

/** Submits a request for each of these people. */
export const submitFor = (
  world: World,
  tenantId: TenantId,
  userIds: ReadonlyArray<UserId>,
  approval: 'automatic' | 'approvers',
): Promise<void> =>
  submitEach(world, tenantId, userIds.length, left => userIds[left] ?? newUser(), approval, null)

/** @param userOf whose request is submitted while so many are left. */
const submitEach = async (
  world: World,
  tenantId: TenantId,
  count: number,
  userOf: (left: number) => UserId,
  approval: 'automatic' | 'approvers',
  batch: BatchId | null,
): Promise<void> => {
  const opened = await openPostgresStore({
    url: world.appUrl,
    passwordFile: null,
    connections: 8,
    applicationName: 'bench',
    digest: sha256Digest,
    seals: historySeals([{ id: historyKey.id, key: createSecretKey(historyKey.bytes) }]),
    tenants: null,
    heldPerTenant: 1,
    supervise: false,
    superviseSeconds: 60,
    onUnreadable: () => undefined,
    onMalformedJob: () => undefined,
    clock: systemClock,
    onClock: () => undefined,
    onDefect: () => undefined,
    onJobsLeft: () => undefined,
    onProblem: () => undefined,
  })
  if (E.isLeft(opened)) throw new Error(`The store was not opened: ${opened.left._tag}`)
  const store = opened.right
  const submit = submitRemoval({
    ...store,
    findPerson: findPersonIn({ ...store, digest: sha256Digest }),
    ...endlessData(),
    approvalPolicies: {
      of: () =>
        TE.right({
          approval: approval === 'automatic' ? { mode: 'automatic' } : { mode: 'approvers', required: 1 },
          expiresAfterDays: null,
        }),
    },
    calendar: saturdayAndSunday,
    clock: systemClock,
    identifiers: randomIdentifiers,
    digest: sha256Digest,
    signIns: noSignIns,
  })
  const grant = grantOf(tenantId)
  let left = count
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const submitted = await submit({ grant, userId: userOf(left), receivedAt: null, batch })()
      if (E.isLeft(submitted)) throw new Error(`A submission was refused: ${submitted.left._tag}`)
    }
  }
  try {
    await Promise.all(Array.from({ length: atATime }, client))
  } finally {
    await store.close()
  }
}

const grantOf = (tenantId: TenantId): Grant<'submit'> => {
  const caller = callerFromClaims({
    tid: tenantId,
    oid: randomUUID(),
    azp: randomUUID(),
    ver: '2.0',
    scp: 'CrossTenantUserProfileSharing.ReadWrite.All',
  })
  if (E.isLeft(caller)) throw new Error('The claims say who calls')
  const grant = authorize(contracts.seed)('submit')(caller.right)
  if (E.isLeft(grant)) throw new Error('An administrator may submit')
  return grant.right
}

const newUser = (): UserId => {
  const decoded = UserId.decode(randomUUID())
  if (E.isLeft(decoded)) throw new Error('A UUID is a user id')
  return decoded.right
}
