import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFilter, writeFilter } from '../src/index.js'
import { bob, filter } from './arbitraries.js'

const id = bob.userId
const tenant = bob.homeTenantId

describe('a filter', () => {
  test.each([
    [`userId eq '${id}'`, [{ property: 'userId', value: id }]],
    [`userId eq '${id.toUpperCase()}'`, [{ property: 'userId', value: id }]],
    [` \tuserId \t eq\t'${id}' `, [{ property: 'userId', value: id }]],
    [`USERID eq '${id}'`, [{ property: 'userId', value: id }]],
    [
      `hometenantid eq '${tenant}' and UserPrincipalName eq 'USERID eq'`,
      [
        { property: 'homeTenantId', value: tenant },
        { property: 'userPrincipalName', value: 'USERID eq' },
      ],
    ],
    ["userPrincipalName eq ''", [{ property: 'userPrincipalName', value: '' }]],
    ["userPrincipalName eq 'O''Neil@x'", [{ property: 'userPrincipalName', value: "O'Neil@x" }]],
    [
      "userPrincipalName eq 'x'' and userId eq ''y'",
      [{ property: 'userPrincipalName', value: "x' and userId eq 'y" }],
    ],
    [
      `homeTenantId eq '${tenant}'  and\tuserPrincipalName eq 'Bob and Eve'`,
      [
        { property: 'homeTenantId', value: tenant },
        { property: 'userPrincipalName', value: 'Bob and Eve' },
      ],
    ],
    [
      `userId eq '${id}' and userId eq '${id}'`,
      [
        { property: 'userId', value: id },
        { property: 'userId', value: id },
      ],
    ],
  ])('%s', (text, conditions) => {
    expect(parseFilter(text)).toEqual(O.some(conditions))
  })

  test.each([
    [''],
    [' '],
    ['userId'],
    ['userId eq'],
    [`userId eq ${id}`],
    [`userId eq "${id}"`],
    [`userId eq '${id}`],
    ["userId eq 'bob'"],
    [`userId eq ' ${id}'`],
    [`userId eq '{${id}}'`],
    ["homeTenantId eq 'contoso.com'"],
    [`userId eq'${id}'`],
    [`userIdeq '${id}'`],
    [`userId\neq '${id}'`],
    [`user_id eq '${id}'`],
    [`id eq '${id}'`],
    [`userId EQ '${id}'`],
    [`userId ne '${id}'`],
    [`not userId eq '${id}'`],
    [`(userId eq '${id}')`],
    [`'${id}' eq userId`],
    ["displayName eq 'Bob'"],
    ["startswith(userPrincipalName,'bob')"],
    ['userPrincipalName eq null'],
    ["userPrincipalName eq 'a'b'"],
    ["userPrincipalName eq 'a' or userPrincipalName eq 'b'"],
    ["userPrincipalName eq 'a'and userPrincipalName eq 'b'"],
    ["userPrincipalName eq 'a' anduserPrincipalName eq 'b'"],
    ["userPrincipalName eq 'a' and"],
    ["and userPrincipalName eq 'a'"],
    ["userPrincipalName eq 'a' and and userPrincipalName eq 'b'"],
    ["userPrincipalName eq 'a' userPrincipalName eq 'b'"],
    ["userPrincipalName eq 'a' and userId eq 'b'"],
    ["userPrincipalName eq 'a';drop table"],
  ])('is not %j', text => {
    expect(parseFilter(text)).toEqual(O.none)
  })

  test('is read as it was written', () => {
    fc.assert(
      fc.property(filter, conditions => {
        expect(parseFilter(writeFilter(conditions))).toEqual(O.some(conditions))
      }),
    )
  })

  test('whatever is read can be written and read again', () => {
    const part = fc.constantFrom(
      'userId',
      'userPrincipalName',
      ' ',
      ' eq ',
      ' and ',
      "'",
      "''",
      `'${id}'`,
      '(',
      ')',
    )
    fc.assert(
      fc.property(fc.string({ unit: part, maxLength: 30 }), text => {
        const read = parseFilter(text)
        expect(
          pipe(
            read,
            O.flatMap(conditions => parseFilter(writeFilter(conditions))),
          ),
        ).toEqual(read)
      }),
    )
  })

  test('a long run of quotes is refused at once', () => {
    expect(parseFilter(`userPrincipalName eq '${"''".repeat(50_000)}`)).toEqual(O.none)
    expect(parseFilter(`${"userPrincipalName eq 'a' and ".repeat(5_000)}x`)).toEqual(O.none)
  })
})
