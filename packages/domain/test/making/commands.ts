import {
  type Approve,
  type Close,
  type Deny,
  type Expire,
  type Fail,
  instantFromMilliseconds,
  type Join,
  millisecondsOf,
  oneLook,
  type RecordBlock,
  type RecordHolderResult,
  type RecordReadBack,
  type RemovalCommand,
  type Retry,
  type RetrySchedule,
  saturdayAndSunday,
  type Start,
  type Submit,
  type Withdraw,
} from '../../src/index.js'
import {
  adele,
  bob,
  contoso,
  graph,
  instant,
  isaiah,
  megan,
  northwind,
  requestId,
  subject,
} from './people-and-places.js'

/** The submission of every command made here; the others come an hour later, unless a test says when. */
export const submittedAt = instant('2026-11-23T09:00:00.000Z')
export const anHourLater = instant('2026-11-23T10:00:00.000Z')
export const muchLater = instant('2027-06-01T00:00:00.000Z')

export const secondsAfter = (start: typeof submittedAt, seconds: number) =>
  instantFromMilliseconds(millisecondsOf(start) + seconds * 1000)

export const schedule: RetrySchedule = {
  firstDelaySeconds: 60,
  factor: 2,
  longestDelaySeconds: 600,
  giveUpAfterSeconds: 86_400,
}

type CommandOf<Type extends RemovalCommand['type']> = Extract<RemovalCommand, { readonly type: Type }>

/** Commands with what a test does not care about filled in. */
export const command = {
  submit: (given: Partial<Submit> = {}): CommandOf<'submit'> => ({
    type: 'submit',
    tenantId: contoso,
    id: requestId,
    subject,
    profile: {
      userId: bob,
      userPrincipalName: 'bob@northwind.example',
      displayName: 'Bob',
      homeTenantId: northwind,
    },
    by: adele,
    at: submittedAt,
    receivedAt: submittedAt,
    policy: { mode: 'approvers', required: 1 },
    expiresAfterDays: 60,
    calendar: saturdayAndSunday,
    holders: [graph],
    batch: null,
    ...given,
  }),
  join: (given: Partial<Join> = {}): CommandOf<'join'> => ({
    type: 'join',
    by: adele,
    at: anHourLater,
    receivedAt: null,
    calendar: saturdayAndSunday,
    batch: null,
    ...given,
  }),
  approve: (given: Partial<Approve> = {}): CommandOf<'approve'> => ({
    type: 'approve',
    by: megan,
    guest: false,
    at: anHourLater,
    ...given,
  }),
  deny: (given: Partial<Deny> = {}): CommandOf<'deny'> => ({
    type: 'deny',
    by: isaiah,
    code: 'legalClaims',
    note: null,
    at: anHourLater,
    ...given,
  }),
  expire: (given: Partial<Expire> = {}): CommandOf<'expire'> => ({ type: 'expire', at: muchLater, ...given }),
  withdraw: (given: Partial<Withdraw> = {}): CommandOf<'withdraw'> => ({
    type: 'withdraw',
    by: adele,
    reach: 'own',
    at: anHourLater,
    ...given,
  }),
  start: (given: Partial<Start> = {}): CommandOf<'start'> => ({
    type: 'start',
    holders: [graph],
    absence: oneLook,
    at: anHourLater,
    ...given,
  }),
  recordHolderResult: (given: Partial<RecordHolderResult> = {}): CommandOf<'recordHolderResult'> => ({
    type: 'recordHolderResult',
    holder: graph,
    result: { kind: 'removed' },
    called: true,
    schedule,
    at: anHourLater,
    ...given,
  }),
  recordReadBack: (given: Partial<RecordReadBack> = {}): CommandOf<'recordReadBack'> => ({
    type: 'recordReadBack',
    holder: graph,
    result: { kind: 'absent' },
    removalRepeated: false,
    schedule,
    at: anHourLater,
    ...given,
  }),
  recordBlock: (given: Partial<RecordBlock> = {}): CommandOf<'recordBlock'> => ({
    type: 'recordBlock',
    holder: graph,
    blockedBy: 'credential',
    retryAt: muchLater,
    at: anHourLater,
    ...given,
  }),
  fail: (given: Partial<Fail> = {}): CommandOf<'fail'> => ({
    type: 'fail',
    reason: 'workerFailed',
    at: anHourLater,
    ...given,
  }),
  close: (given: Partial<Close> = {}): CommandOf<'close'> => ({
    type: 'close',
    by: isaiah,
    code: 'handledManually',
    note: null,
    lastLook: [],
    at: anHourLater,
    ...given,
  }),
  retry: (given: Partial<Retry> = {}): CommandOf<'retry'> => ({
    type: 'retry',
    by: adele,
    at: anHourLater,
    ...given,
  }),
}
