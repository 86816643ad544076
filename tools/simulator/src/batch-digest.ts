import { hash } from 'node:crypto'
import type { RemovalRequestId } from '@lethe/domain'

/** The digest of a batch, made a second time: as the port says that it is made. */
export const digestOf = (members: ReadonlyArray<{ readonly id: RemovalRequestId }>): string =>
  hash('sha256', members.map(({ id }) => `${id}\n`).join(''))
