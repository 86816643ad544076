import { randomUUID } from 'node:crypto'
import type { FreshIds } from '@lethe/application/testing'
import { AppId, TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { randomIdentifiers } from '../src/index.js'

const made = <A>(codec: t.Type<A, string, unknown>): A => {
  const decoded = codec.decode(randomUUID())
  if (E.isLeft(decoded)) throw new Error(`A UUID is no ${codec.name}`)
  return decoded.right
}

export const freshIds: FreshIds = {
  identifiers: randomIdentifiers,
  tenantId: () => made(TenantId),
  userId: () => made(UserId),
  appId: () => made(AppId),
}
