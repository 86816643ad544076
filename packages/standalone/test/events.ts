import { randomIdentifiers, sha256Digest } from '@lethe/adapter-system'
import {
  HolderName,
  Instant,
  saturdayAndSunday,
  seal,
  type SealedEvent,
  submit,
  TenantId,
  UserId,
} from '@lethe/domain'
import { decoded, right, tenantId } from './making.js'

const at = decoded(Instant, '2026-11-23T10:00:00Z')
const userId = decoded(UserId, 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac')

/** The first events of a new removal. */
export const requested = (): ReadonlyArray<SealedEvent> =>
  seal(sha256Digest.envelope)(
    null,
    right(
      submit({
        tenantId,
        id: randomIdentifiers.requestId(),
        subject: sha256Digest.commitment(randomIdentifiers.salt(), tenantId, userId),
        profile: {
          userId,
          homeTenantId: decoded(TenantId, '486fb458-9474-4c44-896b-b30942d055f0'),
          displayName: 'Bob',
          userPrincipalName: 'bob@fabrikam.example',
        },
        by: randomIdentifiers.actorReference(),
        at,
        receivedAt: at,
        policy: { mode: 'automatic' },
        expiresAfterDays: null,
        calendar: saturdayAndSunday,
        holders: [decoded(HolderName, 'graph')],
        batch: null,
      }),
    ),
  )
