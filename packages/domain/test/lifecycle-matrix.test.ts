import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { RemovalState, type RemovalCommand } from '../src/index.js'
import { anHourLater, command, secondsAfter, submittedAt } from './making/commands.js'
import { reach, take } from './making/history.js'
import { adele, friday, grady, isaiah, lee, megan } from './making/people-and-places.js'

const submitted = [command.submit()]
const approved = [...submitted, command.approve()]
const removing = [...approved, command.start()]
const verifying = [...removing, command.recordHolderResult()]
const refused = command.recordHolderResult({ result: { kind: 'failed', reason: 'refused' } })

/** How each state is reached: by real commands. */
const paths: Record<RemovalState | 'none', ReadonlyArray<RemovalCommand>> = {
  none: [],
  pendingApproval: submitted,
  approved,
  removing,
  verifying,
  completed: [...verifying, command.recordReadBack()],
  failed: [...removing, refused],
  denied: [...submitted, command.deny()],
  withdrawn: [...submitted, command.withdraw()],
  abandoned: [...removing, refused, command.close()],
  expired: [...submitted, command.expire()],
}

/** The rows of the table below. */
const commands: Record<string, RemovalCommand> = {
  submit: command.submit(),
  'submit, automatic': command.submit({ policy: { mode: 'automatic' } }),
  'submit, not inbound': command.submit({
    profile: { ...command.submit().profile, homeTenantId: command.submit().tenantId },
  }),
  join: command.join(),
  'join, another': command.join({ by: lee }),
  'join, earlier': command.join({ receivedAt: secondsAfter(submittedAt, -60) }),
  'join, a batch': command.join({ batch: friday }),
  'join, in future': command.join({ receivedAt: secondsAfter(anHourLater, 1) }),
  'join, long ago': command.join({ receivedAt: secondsAfter(submittedAt, -400 * 24 * 3600) }),
  approve: command.approve({ by: megan }),
  'approve, another': command.approve({ by: lee }),
  'approve, submitter': command.approve({ by: adele }),
  'approve, guest': command.approve({ by: grady, guest: true }),
  deny: command.deny({ by: isaiah }),
  'deny, another': command.deny({ by: lee }),
  'deny, another code': command.deny({ by: isaiah, code: 'duplicate' }),
  'deny, no note': command.deny({ code: 'other', note: null }),
  expire: command.expire(),
  'expire, too early': command.expire({ at: command.submit().at }),
  withdraw: command.withdraw(),
  'withdraw, any': command.withdraw({ by: megan, reach: 'any' }),
  "withdraw, another's": command.withdraw({ by: megan, reach: 'own' }),
  start: command.start(),
  'start, no holders': command.start({ holders: [] }),
  'result removed': command.recordHolderResult(),
  'result absent': command.recordHolderResult({ result: { kind: 'absent' }, called: false }),
  'result unknown': command.recordHolderResult({ result: { kind: 'unknownOutcome' } }),
  'result retryLater': command.recordHolderResult({ result: { kind: 'retryLater', afterSeconds: 5 } }),
  'result refused': refused,
  'read back absent': command.recordReadBack(),
  'read back n/s': command.recordReadBack({ result: { kind: 'notSupported' } }),
  'read back present': command.recordReadBack({ result: { kind: 'present' } }),
  'read back refused': command.recordReadBack({ result: { kind: 'failed', reason: 'refused' } }),
  blocked: command.recordBlock(),
  fail: command.fail(),
  retry: command.retry(),
  close: command.close(),
  'close, another': command.close({ by: lee }),
  'close, another code': command.close({ code: 'duplicate' }),
  'close, no note': command.close({ code: 'other', note: null }),
}

/**
 * The lifecycle table of the design, the other way round: what each command does in each state. A state's name is the
 * state after; `repeat` succeeds without events; `W` is the refusal WrongState; other words are refusals.
 *
 * megan approved in every path that leads past pendingApproval, isaiah denied and closed, adele submitted and withdrew.
 */
const table = `
                    | none            | pendingApproval  | approved         | removing         | verifying        | completed        | failed           | denied           | withdrawn        | abandoned        | expired
submit              | pendingApproval | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted
submit, automatic   | approved        | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted
submit, not inbound | NotInbound      | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted | AlreadySubmitted
join                | NotSubmitted    | repeat           | repeat           | repeat           | repeat           | W                | removing         | W                | W                | W                | W
join, another       | NotSubmitted    | pendingApproval  | approved         | removing         | verifying        | W                | removing         | W                | W                | W                | W
join, earlier       | NotSubmitted    | pendingApproval  | approved         | removing         | verifying        | W                | removing         | W                | W                | W                | W
join, a batch       | NotSubmitted    | pendingApproval  | approved         | removing         | verifying        | W                | removing         | W                | W                | W                | W
join, in future     | NotSubmitted    | ReceivedInFuture | ReceivedInFuture | ReceivedInFuture | ReceivedInFuture | ReceivedInFuture | ReceivedInFuture | ReceivedInFuture | ReceivedInFuture | ReceivedInFuture | ReceivedInFuture
join, long ago      | NotSubmitted    | ReceivedLongAgo  | ReceivedLongAgo  | ReceivedLongAgo  | ReceivedLongAgo  | ReceivedLongAgo  | ReceivedLongAgo  | ReceivedLongAgo  | ReceivedLongAgo  | ReceivedLongAgo  | ReceivedLongAgo 
approve             | NotSubmitted    | approved         | repeat           | repeat           | repeat           | repeat           | repeat           | W                | W                | repeat           | W
approve, another    | NotSubmitted    | approved         | W                | W                | W                | W                | W                | W                | W                | W                | W
approve, submitter  | NotSubmitted    | SelfApproval     | SelfApproval     | SelfApproval     | SelfApproval     | SelfApproval     | SelfApproval     | SelfApproval     | SelfApproval     | SelfApproval     | SelfApproval
approve, guest      | NotSubmitted    | GuestApproval    | GuestApproval    | GuestApproval    | GuestApproval    | GuestApproval    | GuestApproval    | GuestApproval    | GuestApproval    | GuestApproval    | GuestApproval
deny                | NotSubmitted    | denied           | W                | W                | W                | W                | W                | repeat           | W                | W                | W
deny, another       | NotSubmitted    | denied           | W                | W                | W                | W                | W                | W                | W                | W                | W
deny, another code  | NotSubmitted    | denied           | W                | W                | W                | W                | W                | W                | W                | W                | W
deny, no note       | NotSubmitted    | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired
expire              | NotSubmitted    | expired          | W                | W                | W                | W                | W                | W                | W                | W                | repeat
expire, too early   | NotSubmitted    | NotExpiring      | W                | W                | W                | W                | W                | W                | W                | W                | repeat
withdraw            | NotSubmitted    | withdrawn        | withdrawn        | W                | W                | W                | HolderCalled     | W                | repeat           | W                | W
withdraw, any       | NotSubmitted    | withdrawn        | withdrawn        | W                | W                | W                | HolderCalled     | W                | W                | W                | W
withdraw, another's | NotSubmitted    | NotSubmitter     | NotSubmitter     | NotSubmitter     | NotSubmitter     | NotSubmitter     | NotSubmitter     | NotSubmitter     | NotSubmitter     | NotSubmitter     | NotSubmitter
start               | NotSubmitted    | W                | removing         | repeat           | repeat           | repeat           | W                | W                | W                | W                | W
start, no holders   | NotSubmitted    | W                | failed           | repeat           | repeat           | repeat           | W                | W                | W                | W                | W
result removed      | NotSubmitted    | W                | W                | verifying        | repeat           | repeat           | W                | W                | W                | W                | W
result absent       | NotSubmitted    | W                | W                | verifying        | repeat           | repeat           | W                | W                | W                | W                | W
result unknown      | NotSubmitted    | W                | W                | removing         | repeat           | repeat           | W                | W                | W                | W                | W
result retryLater   | NotSubmitted    | W                | W                | removing         | repeat           | repeat           | W                | W                | W                | W                | W
result refused      | NotSubmitted    | W                | W                | failed           | repeat           | repeat           | repeat           | W                | W                | W                | W
read back absent    | NotSubmitted    | W                | W                | W                | completed        | repeat           | W                | W                | W                | W                | W
read back n/s       | NotSubmitted    | W                | W                | W                | completed        | repeat           | W                | W                | W                | W                | W
read back present   | NotSubmitted    | W                | W                | W                | verifying        | repeat           | W                | W                | W                | W                | W
read back refused   | NotSubmitted    | W                | W                | W                | failed           | repeat           | W                | W                | W                | W                | W
blocked             | NotSubmitted    | W                | W                | removing         | verifying        | W                | W                | W                | W                | W                | W
fail                | NotSubmitted    | W                | failed           | failed           | failed           | W                | W                | W                | W                | W                | W
retry               | NotSubmitted    | W                | W                | W                | W                | W                | removing         | W                | W                | W                | W
close               | NotSubmitted    | W                | W                | W                | W                | W                | abandoned        | W                | W                | repeat           | W
close, another      | NotSubmitted    | W                | W                | W                | W                | W                | abandoned        | W                | W                | W                | W
close, another code | NotSubmitted    | W                | W                | W                | W                | W                | abandoned        | W                | W                | W                | W
close, no note      | NotSubmitted    | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired     | NoteRequired
`

const [header = [], ...rows] = table
  .trim()
  .split('\n')
  .map(line => line.split('|').map(cell => cell.trim()))
const columns = header.slice(1)

const expectations = rows.map(([name = '', ...cells]) => ({
  name,
  expected: Object.fromEntries(columns.map((state, index) => [state, cells[index]])),
}))

const outcomeOf = (path: ReadonlyArray<RemovalCommand>, asked: RemovalCommand): string => {
  const { decided, after } = take(reach(path), asked)
  if (E.isLeft(decided)) return decided.left._tag === 'WrongState' ? 'W' : decided.left._tag
  return decided.right.length === 0 ? 'repeat' : (after?.state ?? 'none')
}

describe('the lifecycle matrix', () => {
  test('has every state and every command', () => {
    expect(columns).toEqual(Object.keys(paths))
    expect(columns.toSorted()).toEqual(['none', ...Object.keys(RemovalState.keys)].toSorted())
    expect(expectations.map(({ name }) => name)).toEqual(Object.keys(commands))
    expect([...new Set(Object.values(commands).map(({ type }) => type))].toSorted()).toEqual(
      Object.keys(command).toSorted(),
    )
  })

  test.each(Object.entries(paths))('reaches %s', (state, path) => {
    expect(reach(path)?.state ?? 'none').toBe(state)
  })

  test.each(expectations)('$name', ({ name, expected }) => {
    const asked = commands[name] ?? command.submit()
    const actual = Object.entries(paths).map(([state, path]) => [state, outcomeOf(path, asked)])
    expect(Object.fromEntries(actual)).toEqual(expected)
  })

  test('a refusal for the state says which state it is', () => {
    expect(take(reach(paths.denied), command.retry()).decided).toEqual(
      E.left({ _tag: 'WrongState', state: 'denied' }),
    )
  })
})
