import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { admit, authorize, type Caller, callerFromClaims, contracts, type Operation } from '../src/index.js'
import { rightOf } from './making/decoded.js'
import { contoso } from './making/people-and-places.js'

const readAll = 'CrossTenantUserProfileSharing.Read.All'
const writeAll = 'CrossTenantUserProfileSharing.ReadWrite.All'
const writeOwn = 'CrossTenantUserProfileSharing.ReadWrite'
const approveAll = 'PersonalDataRemoval.Approve.All'
const approver = 'PersonalDataRemoval.Approver'
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
const globalReader = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451'

type Claims = Record<string, unknown>

const client = 'b0000000-0000-4000-8000-000000000001'
const work = (given: Claims): Claims => ({
  tid: contoso,
  oid: 'e0000000-0000-4000-8000-000000000001',
  appid: client,
  idtyp: 'user',
  ...given,
})
const guest = (given: Claims): Claims => work({ acct: 1, ...given })
const agent = (given: Claims): Claims => work({ xms_act_fct: '3 9 11', xms_sub_fct: '3 13', ...given })
const personal = (given: Claims): Claims => work({ tid: '9188040d-6c67-4c5b-b112-36a304b66dad', ...given })
const app = (given: Claims): Claims => ({ tid: contoso, appid: client, idtyp: 'app', ...given })

const everything = {
  scp: [readAll, writeAll, approveAll].join(' '),
  roles: [readAll, writeAll, approveAll, approver],
  wids: [globalAdministrator],
}

/** Whose token it is, in the words of the table below. */
const callers: Record<string, Claims> = {
  'no permission': work({ scp: 'openid profile' }),
  'no scope at all': work({}),
  Read: work({ scp: readAll }),
  ReadWrite: work({ scp: writeAll }),
  'ReadWrite among others': work({ scp: `openid ${writeAll} profile` }),
  'ReadWrite + GA': work({ scp: writeAll, wids: [globalAdministrator] }),
  'ReadWrite + GA, capitals': work({ scp: writeAll, wids: [globalAdministrator.toUpperCase()] }),
  'ReadWrite + other role': work({ scp: writeAll, wids: [globalReader] }),
  'ReadWrite + GA as app role': work({ scp: writeAll, roles: [globalAdministrator] }),
  'Read + GA': work({ scp: readAll, wids: [globalAdministrator] }),
  'GA alone': work({ scp: 'openid', wids: [globalAdministrator] }),
  'own ReadWrite': work({ scp: writeOwn }),
  'own ReadWrite + GA': work({ scp: writeOwn, wids: [globalAdministrator] }),
  'ReadWrite.AllX': work({ scp: `${writeAll}X`, wids: [globalAdministrator] }),
  'XReadWrite.All': work({ scp: `X${writeAll}`, wids: [globalAdministrator] }),
  'ReadWrite, small letters': work({ scp: writeAll.toLowerCase(), wids: [globalAdministrator] }),
  'ReadWrite after a comma': work({ scp: `openid,${writeAll}`, wids: [globalAdministrator] }),
  'permissions as roles': work({ scp: 'openid', roles: [readAll, writeAll, approveAll, approver] }),
  'permissions as roles, no scp': work({ roles: [readAll, writeAll, approveAll, approver] }),
  'Approve scope alone': work({ scp: approveAll }),
  'Approver role alone': work({ scp: 'openid', roles: [approver] }),
  'Approve + Approver': work({ scp: approveAll, roles: [approver] }),
  'Approve + Approver as scope': work({ scp: `${approveAll} ${approver}` }),
  'Approve as role + Approver': work({ scp: 'openid', roles: [approveAll, approver] }),
  'Approve + Approver as wids': work({ scp: approveAll, wids: [approver] }),
  'Approve.AllX + Approver': work({ scp: `${approveAll}X`, roles: [approver] }),
  'Approve + Approvers': work({ scp: approveAll, roles: [`${approver}s`] }),
  'Approve + GA': work({ scp: approveAll, wids: [globalAdministrator] }),
  'Read + Approve + Approver': work({ scp: `${readAll} ${approveAll}`, roles: [approver] }),
  'ReadWrite + Approve': work({ scp: `${writeAll} ${approveAll}` }),
  'ReadWrite + Approver': work({ scp: writeAll, roles: [approver] }),
  'ReadWrite + Approve + Approver': work({ scp: `${writeAll} ${approveAll}`, roles: [approver] }),
  everything: work(everything),
  'guest, Read': guest({ scp: readAll }),
  'guest, ReadWrite + GA': guest({ scp: writeAll, wids: [globalAdministrator] }),
  'guest, Approve + Approver': guest({ scp: approveAll, roles: [approver] }),
  'guest, everything': guest(everything),
  'agent, Read': agent({ scp: readAll }),
  'agent, ReadWrite + GA': agent({ scp: writeAll, wids: [globalAdministrator] }),
  'agent, Approve + Approver': agent({ scp: approveAll, roles: [approver] }),
  'agent, everything': agent(everything),
  'for a person, everything': work({ ...everything, xms_act_fct: '11' }),
  'personal, everything': personal(everything),
  'personal by idp, everything': work({ ...everything, idp: 'live.com' }),
  'app, nothing': app({}),
  'app, Read': app({ roles: [readAll] }),
  'app, ReadWrite': app({ roles: [writeAll] }),
  'app, own ReadWrite': app({ roles: [writeOwn] }),
  'app, ReadWrite.AllX': app({ roles: [`${writeAll}X`] }),
  'app, permissions as scope': app({ scp: [readAll, writeAll, approveAll].join(' '), roles: [] }),
  'app, Approve + Approver': app({ roles: [approveAll, approver] }),
  'app, everything': app(everything),
}

/**
 * The permission tables of the design, written out. `profiles` and `requests` stand for the operations that read those; `yes`
 * is for everybody's requests, `own` for the caller's only, `-` is no.
 */
const table = `
                               | profiles | requests | submit: seed | submit: graph | approve | deny | withdraw | retry | close
no permission                  | -        | -        | -            | -             | -       | -    | -        | -     | -
no scope at all                | -        | -        | -            | -             | -       | -    | -        | -     | -
Read                           | yes      | yes      | -            | -             | -       | -    | -        | -     | -
ReadWrite                      | yes      | yes      | yes          | -             | -       | -    | own      | yes   | -
ReadWrite among others         | yes      | yes      | yes          | -             | -       | -    | own      | yes   | -
ReadWrite + GA                 | yes      | yes      | yes          | yes           | -       | -    | own      | yes   | -
ReadWrite + GA, capitals       | yes      | yes      | yes          | yes           | -       | -    | own      | yes   | -
ReadWrite + other role         | yes      | yes      | yes          | -             | -       | -    | own      | yes   | -
ReadWrite + GA as app role     | yes      | yes      | yes          | -             | -       | -    | own      | yes   | -
Read + GA                      | yes      | yes      | -            | -             | -       | -    | -        | -     | -
GA alone                       | -        | -        | -            | -             | -       | -    | -        | -     | -
own ReadWrite                  | -        | -        | -            | -             | -       | -    | -        | -     | -
own ReadWrite + GA             | -        | -        | -            | -             | -       | -    | -        | -     | -
ReadWrite.AllX                 | -        | -        | -            | -             | -       | -    | -        | -     | -
XReadWrite.All                 | -        | -        | -            | -             | -       | -    | -        | -     | -
ReadWrite, small letters       | -        | -        | -            | -             | -       | -    | -        | -     | -
ReadWrite after a comma        | -        | -        | -            | -             | -       | -    | -        | -     | -
permissions as roles           | -        | -        | -            | -             | -       | -    | -        | -     | -
permissions as roles, no scp   | -        | -        | -            | -             | -       | -    | -        | -     | -
Approve scope alone            | -        | -        | -            | -             | -       | -    | -        | -     | -
Approver role alone            | -        | -        | -            | -             | -       | -    | -        | -     | -
Approve + Approver             | -        | yes      | -            | -             | yes     | yes  | yes      | yes   | yes
Approve + Approver as scope    | -        | -        | -            | -             | -       | -    | -        | -     | -
Approve as role + Approver     | -        | -        | -            | -             | -       | -    | -        | -     | -
Approve + Approver as wids     | -        | -        | -            | -             | -       | -    | -        | -     | -
Approve.AllX + Approver        | -        | -        | -            | -             | -       | -    | -        | -     | -
Approve + Approvers            | -        | -        | -            | -             | -       | -    | -        | -     | -
Approve + GA                   | -        | -        | -            | -             | -       | -    | -        | -     | -
Read + Approve + Approver      | yes      | yes      | -            | -             | yes     | yes  | yes      | yes   | yes
ReadWrite + Approve            | yes      | yes      | yes          | -             | -       | -    | own      | yes   | -
ReadWrite + Approver           | yes      | yes      | yes          | -             | -       | -    | own      | yes   | -
ReadWrite + Approve + Approver | yes      | yes      | yes          | -             | yes     | yes  | yes      | yes   | yes
everything                     | yes      | yes      | yes          | yes           | yes     | yes  | yes      | yes   | yes
guest, Read                    | yes      | yes      | -            | -             | -       | -    | -        | -     | -
guest, ReadWrite + GA          | yes      | yes      | yes          | yes           | -       | -    | own      | yes   | -
guest, Approve + Approver      | -        | yes      | -            | -             | -       | yes  | yes      | yes   | -
guest, everything              | yes      | yes      | yes          | yes           | -       | yes  | yes      | yes   | -
agent, Read                    | yes      | yes      | -            | -             | -       | -    | -        | -     | -
agent, ReadWrite + GA          | yes      | yes      | yes          | yes           | -       | -    | own      | yes   | -
agent, Approve + Approver      | -        | -        | -            | -             | -       | -    | -        | -     | -
agent, everything              | yes      | yes      | yes          | yes           | -       | -    | own      | yes   | -
for a person, everything       | yes      | yes      | yes          | yes           | -       | -    | own      | yes   | -
personal, everything           | -        | -        | -            | -             | -       | -    | -        | -     | -
personal by idp, everything    | -        | -        | -            | -             | -       | -    | -        | -     | -
app, nothing                   | -        | -        | -            | -             | -       | -    | -        | -     | -
app, Read                      | yes      | yes      | -            | -             | -       | -    | -        | -     | -
app, ReadWrite                 | yes      | yes      | -            | yes           | -       | -    | -        | -     | -
app, own ReadWrite             | -        | -        | -            | -             | -       | -    | -        | -     | -
app, ReadWrite.AllX            | -        | -        | -            | -             | -       | -    | -        | -     | -
app, permissions as scope      | -        | -        | -            | -             | -       | -    | -        | -     | -
app, Approve + Approver        | -        | -        | -            | -             | -       | -    | -        | -     | -
app, everything                | yes      | yes      | -            | yes           | -       | -    | -        | -     | -
`

/** Under which heading of the table an operation is; a new operation does not compile until it has one. */
const headings: Record<Operation, Record<'seed' | 'graph', string>> = {
  listProfiles: { seed: 'profiles', graph: 'profiles' },
  getProfile: { seed: 'profiles', graph: 'profiles' },
  listRemovalRequests: { seed: 'requests', graph: 'requests' },
  getRemovalRequest: { seed: 'requests', graph: 'requests' },
  getHistory: { seed: 'requests', graph: 'requests' },
  submit: { seed: 'submit: seed', graph: 'submit: graph' },
  approve: { seed: 'approve', graph: 'approve' },
  deny: { seed: 'deny', graph: 'deny' },
  withdraw: { seed: 'withdraw', graph: 'withdraw' },
  retry: { seed: 'retry', graph: 'retry' },
  close: { seed: 'close', graph: 'close' },
}
const operations = [
  'listProfiles',
  'getProfile',
  'listRemovalRequests',
  'getRemovalRequest',
  'getHistory',
  'submit',
  'approve',
  'deny',
  'withdraw',
  'retry',
  'close',
] as const

const [header = [], ...rows] = table
  .trimEnd()
  .split('\n')
  .slice(1)
  .map(line => line.split('|').map(cell => cell.trim()))

const expectations = rows.map(([name = '', ...cells]) => ({
  name,
  expected: new Map(cells.map((cell, index) => [header[index + 1] ?? '', cell])),
}))

const callerOf = (claims: Claims): Caller => rightOf(callerFromClaims(claims))

const verdict = (
  contract: 'seed' | 'graph',
  operation: Operation,
  caller: Caller,
  roles: ReadonlyArray<string> = [],
) =>
  pipe(
    authorize(contracts[contract], roles)(operation)(caller),
    E.match(
      () => '-',
      ({ reach }) => (reach === 'any' ? 'yes' : reach),
    ),
  )

const verdictsOf = (contract: 'seed' | 'graph', caller: Caller, roles?: ReadonlyArray<string>) =>
  operations.map(operation => [operation, verdict(contract, operation, caller, roles)] as const)

const nothing = operations.map(operation => [operation, '-'] as const)

describe('the permission table', () => {
  test('has every operation and every caller', () => {
    expect([...operations].toSorted()).toEqual(Object.keys(headings).toSorted())
    expect(expectations.map(({ name }) => name)).toEqual(Object.keys(callers))
  })

  describe.each(['seed', 'graph'] as const)('contract %s', contract => {
    test.each(expectations)('$name', ({ name, expected }) => {
      expect(verdictsOf(contract, callerOf(callers[name] ?? {}))).toEqual(
        operations.map(operation => [operation, expected.get(headings[operation][contract])]),
      )
    })
  })
})

describe('required roles', () => {
  const role = 'Lethe.Access'

  const roles = everything.roles

  const refused: ReadonlyArray<readonly [string, Claims, ReadonlyArray<string>]> = [
    ['a person without it', work(everything), [role]],
    ['an application without it', app(everything), [role]],
    ['one of two', work({ ...everything, roles: [...roles, role] }), [role, 'Lethe.Other']],
    ['the role and nothing else', work({ scp: 'openid', roles: [role] }), [role]],
    ['a personal account', personal({ ...everything, roles: [...roles, role] }), [role]],
    ['the role as a scope', work({ ...everything, scp: `${everything.scp} ${role}` }), [role]],
    ['the role as a directory role', work({ ...everything, wids: [...everything.wids, role] }), [role]],
    ['a longer role', work({ ...everything, roles: [...roles, `${role}X`] }), [role]],
    ['a role in small letters', work({ ...everything, roles: [...roles, role.toLowerCase()] }), [role]],
  ]
  const admitted: ReadonlyArray<readonly [string, Claims, ReadonlyArray<string>]> = [
    ['a person', work({ ...everything, roles: [...roles, role] }), [role]],
    ['an application', app({ ...everything, roles: [...roles, role] }), [role]],
    ['a guest who may read', guest({ scp: readAll, roles: [role] }), [role]],
    ['both of two', work({ ...everything, roles: [...roles, role, 'Lethe.Other'] }), [role, 'Lethe.Other']],
  ]

  describe.each(['seed', 'graph'] as const)('contract %s', contract => {
    test.each(refused)('keep out: %s', (_, claims, required) => {
      expect(verdictsOf(contract, callerOf(claims), required)).toEqual(nothing)
    })
    test.each(admitted)('let in, to what the rest of the token allows: %s', (_, claims, required) => {
      const caller = callerOf(claims)
      expect(verdictsOf(contract, caller, required)).toEqual(verdictsOf(contract, caller))
      expect(verdictsOf(contract, caller, required)).not.toEqual(nothing)
    })
  })

  describe('by themselves, before anything is asked for,', () => {
    const denied = E.left({ _tag: 'AccessDenied', reason: 'requiredRoleMissing', missing: null })
    // A personal account that holds the role is let in here: what it may do is for `authorize` to refuse.
    test.each(
      refused.filter(([name]) => name !== 'the role and nothing else' && name !== 'a personal account'),
    )('keep out: %s', (_, claims, required) => {
      expect(admit(required)(callerOf(claims))).toEqual(denied)
    })
    test.each(admitted)('let in: %s', (_, claims, required) => {
      expect(admit(required)(callerOf(claims))).toEqual(E.right(callerOf(claims)))
    })
    test('let everybody in where there are none', () => {
      const everybody = Object.values(callers).map(callerOf)
      expect(everybody.map(admit([]))).toEqual(everybody.map(caller => E.right(caller)))
    })
  })
})

describe('a grant', () => {
  test('is for the tenant that the caller belongs to', () => {
    const caller = callerOf(work({ scp: readAll }))
    expect(rightOf(authorize(contracts.seed)('getProfile')(caller))).toMatchObject({
      operation: 'getProfile',
      tenantId: contoso,
      caller,
      reach: 'any',
    })
  })
})

describe('a denial says why, and what is missing', () => {
  test.each([
    ['personal, everything', 'seed', 'submit', 'callerKindNotSupported', null],
    ['app, everything', 'seed', 'submit', 'callerKindNotSupported', null],
    ['app, everything', 'graph', 'approve', 'callerKindNotSupported', null],
    ['app, Read', 'graph', 'submit', 'appRoleMissing', writeAll],
    ['Read', 'seed', 'submit', 'scopeMissing', writeAll],
    ['no permission', 'seed', 'getHistory', 'scopeMissing', readAll],
    ['GA alone', 'graph', 'submit', 'scopeMissing', writeAll],
    ['ReadWrite', 'graph', 'submit', 'directoryRoleMissing', globalAdministrator],
    ['Approve scope alone', 'seed', 'approve', 'appRoleMissing', approver],
    ['Approver role alone', 'seed', 'deny', 'scopeMissing', approveAll],
    ['guest, everything', 'seed', 'approve', 'guestNotAllowed', null],
    ['guest, everything', 'seed', 'close', 'guestNotAllowed', null],
    ['agent, everything', 'seed', 'approve', 'agentNotAllowed', null],
    ['for a person, everything', 'graph', 'deny', 'agentNotAllowed', null],
  ] as const)('%s, %s, %s: %s, %s', (name, contract, operation, reason, missing) => {
    expect(authorize(contracts[contract])(operation)(callerOf(callers[name] ?? {}))).toEqual(
      E.left({ _tag: 'AccessDenied', reason, missing }),
    )
  })

  test.each(['retry', 'getRemovalRequest', 'withdraw'] as const)(
    '%s, of several ways, about the one whose scope is there',
    operation => {
      expect(authorize(contracts.seed)(operation)(callerOf(callers['Approve scope alone'] ?? {}))).toEqual(
        E.left({ _tag: 'AccessDenied', reason: 'appRoleMissing', missing: approver }),
      )
    },
  )

  test('a missing required role comes before anything else but the kind of caller', () => {
    const denied = E.left({ _tag: 'AccessDenied', reason: 'requiredRoleMissing', missing: null })
    expect(authorize(contracts.seed, ['X'])('submit')(callerOf(work({})))).toEqual(denied)
  })
})

describe('what else a contract says', () => {
  test('seed requires the Content-Type always, graph only with a body', () => {
    expect(contracts.seed.removePersonalData.contentTypeRequired).toBe('always')
    expect(contracts.graph.removePersonalData.contentTypeRequired).toBe('withBody')
  })
})
