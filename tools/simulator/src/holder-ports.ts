import type {
  ApprovalPolicies,
  DataHolder,
  DataHolders,
  HolderProblem,
  InboundProfiles,
} from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import type { Backstage } from './backstage.js'
import { callPort } from './calls.js'
import type { Violation } from './invariants.js'
import { checkLeftAlone, checkRemovalCall, checkTime } from './removal-checks.js'
import type { Strand } from './strand.js'
import { down } from './store-calls.js'

/** The holders as one strand of a process sees them. Each call that asks to remove is checked before it is made. */
export const holderPorts = (backstage: Backstage, strand: Strand): DataHolders => {
  const { stage, known, crash, dataHolders, guests } = backstage
  const { random, report, tally, time } = stage
  const callOf = callPort(stage, crash, strand)

  const unavailable = (): HolderProblem => ({
    _tag: 'RetryLater',
    afterSeconds: random.pick([null, 30, 3600]),
    sent: random.chance(0.5),
  })
  const answerLost = (): HolderProblem => ({ _tag: 'UnknownOutcome' })

  const judge = ({ name }: DataHolder, wrong: Violation | null): void => {
    if (wrong !== null) report(wrong.invariant, `${name}: ${wrong.saw}`)
  }

  const seenBy = (inner: DataHolder): DataHolder => ({
    name: inner.name,
    remove: removal => async () => {
      const { requestId, userId } = removal
      const request = known.get(requestId)
      const seen = strand.seen.get(requestId)
      judge(inner, checkRemovalCall(request, { holder: inner.name, userId, seen }, guests))
      judge(inner, checkTime(request, seen, time.latestShown()))
      tally.count('removals', request?.request.state ?? 'unknown')
      const answer = await callOf({
        port: 'holder',
        name: 'remove',
        about: () => `from ${inner.name} for ${known.labelOf(requestId)}`,
        run: inner.remove(removal),
        unavailable,
        answerLost,
        said: did => did,
      })
      if (wasSent(answer)) strand.asked.add(inner.name)
      return answer
    },
    readBack: (tenantId, userId) => () => {
      for (const [id, seen] of strand.seen) {
        judge(inner, checkLeftAlone(known.get(id), seen))
        judge(inner, checkTime(known.get(id), seen, time.latestShown()))
      }
      return callOf({
        port: 'holder',
        name: 'readBack',
        about: () => `from ${inner.name} of ${userId}`,
        run: inner.readBack(tenantId, userId),
        unavailable,
        answerLost,
        said: answer => answer,
      })
    },
  })

  return { of: tenantId => dataHolders.of(tenantId).map(seenBy) }
}

/** Whether a call reached the holder, as far as its answer tells. */
const wasSent = (answer: E.Either<HolderProblem, unknown>): boolean => {
  if (E.isRight(answer)) return true
  switch (answer.left._tag) {
    case 'Refused':
    case 'UnknownOutcome':
      return true
    case 'SignInRequired':
    case 'RetryLater':
      return answer.left.sent
    case 'NotYet':
      return false
  }
}

/** The profiles and the policies as one strand of a process sees them. */
export const directoryPorts = (
  { stage, crash, inboundProfiles, approvalPolicies }: Backstage,
  strand: Strand,
): {
  readonly inboundProfiles: Pick<InboundProfiles, 'get'>
  readonly approvalPolicies: ApprovalPolicies
} => {
  const callOf = callPort(stage, crash, strand)
  return {
    inboundProfiles: {
      get: (tenantId, userId) => () =>
        callOf({
          port: 'profiles',
          name: 'profiles.get',
          about: () => userId,
          run: inboundProfiles.get(tenantId, userId),
          unavailable: () => (stage.random.chance(0.5) ? down : { _tag: 'Throttled', retryAfterSeconds: 2 }),
          answerLost: () => down,
          said: ({ _tag }) => _tag,
        }),
    },
    approvalPolicies: {
      of: tenantId => () =>
        callOf({
          port: 'policies',
          name: 'policies.of',
          about: () => '',
          run: approvalPolicies.of(tenantId),
          unavailable: () => down,
          answerLost: () => down,
          said: ({ approval }) => JSON.stringify(approval),
        }),
    },
  }
}
