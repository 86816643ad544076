import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  listQuery,
  nextLink,
  parseNoOptions,
  parseProfileListOptions,
  parseProfileOptions,
  type ProfileListOptions,
  profilesUrl,
  type QueryPair,
} from '../src/index.js'
import { bob, listOptions, text } from './arbitraries.js'

const none: ProfileListOptions = { select: [], filter: [], top: null, skipToken: null }
const root = 'https://lethe.example/beta'

const messageOf = (result: E.Either<{ readonly message: string }, unknown>): string =>
  E.isLeft(result) ? result.left.message : 'taken'

/** The decoded names and values of a URL's query string. */
const pairsOf = (url: string): ReadonlyArray<QueryPair> => {
  const query = url.split('?')[1]
  return query === undefined
    ? []
    : query.split('&').map(pair => {
        const [name = '', value = ''] = pair.split('=')
        return [decodeURIComponent(name), decodeURIComponent(value)]
      })
}

describe('the options of a list', () => {
  const taken: ReadonlyArray<readonly [ReadonlyArray<QueryPair>, Partial<ProfileListOptions>]> = [
    [[], {}],
    [[['$select', 'userId']], { select: ['userId'] }],
    [[['$select', ' displayName , userId ']], { select: ['displayName', 'userId'] }],
    [[['$select', 'userId,USERID']], { select: ['userId'] }],
    [[['SELECT', 'userid, DisplayName']], { select: ['userId', 'displayName'] }],
    [[['Filter', `USERID eq '${bob.userId}'`]], { filter: [{ property: 'userId', value: bob.userId }] }],
    [[['top', '1']], { top: 1 }],
    [[['$skipToken', 'Ab']], { skipToken: 'Ab' }],
    [[['$filter', `userId eq '${bob.userId}'`]], { filter: [{ property: 'userId', value: bob.userId }] }],
    [[['$top', '1']], { top: 1 }],
    [[['$top', '999']], { top: 999 }],
    [[['$skiptoken', ' ']], { skipToken: ' ' }],
    [
      [
        ['$skiptoken', 'a=b&c'],
        ['$top', '20'],
      ],
      { top: 20, skipToken: 'a=b&c' },
    ],
  ]
  test.each(taken)('%j', (pairs, options) => {
    expect(parseProfileListOptions(pairs)).toEqual(E.right({ ...none, ...options }))
  })

  test.each([
    ['$select', ''],
    ['$select', ','],
    ['$select', 'userId,'],
    ['$select', '*'],
    ['$select', 'userId,mail'],
    ['$select', '\tuserId'],
    ['$select', '__proto__'],
    ['$filter', ''],
    ['$filter', "userId eq 'bob'"],
    ['$top', ''],
    ['$top', '0'],
    ['$top', '-1'],
    ['$top', '01'],
    ['$top', '1.0'],
    ['$top', '1e2'],
    ['$top', '1000'],
    ['$top', ' 5'],
    ['$top', '５'],
    ['$skiptoken', ''],
  ])('%s=%j is refused, and the option is named', (name, value) => {
    const message = messageOf(parseProfileListOptions([[name, value]]))
    expect(message).toContain(`The query option ${name} must be `)
  })

  test.each([
    ['$select', 'userId'],
    ['$filter', `userId eq '${bob.userId}'`],
    ['$top', '1'],
    ['$skiptoken', 'x'],
  ])('%s is taken once, however it is spelt', (name, value) => {
    for (const again of [name, name.slice(1), name.toUpperCase()])
      expect(
        messageOf(
          parseProfileListOptions([
            [name, value],
            [again, value],
          ]),
        ),
      ).toBe(`The query option ${name} is given more than once.`)
  })

  test.each([
    ['$count'],
    ['$skip'],
    ['$orderby'],
    ['$search'],
    ['$expand'],
    ['count'],
    ['OrderBy'],
    ['api'],
    ['toString'],
  ])('%s is not supported', name => {
    expect(parseProfileListOptions([[name, 'x']])).toEqual(
      E.left({ _tag: 'BadQueryOption', message: `The query option '${name}' is not supported.` }),
    )
  })

  test.each([
    [''],
    ['$'],
    ['bob@contoso.com'],
    ['__proto__'],
    ['$top '],
    ['a b'],
    ['$$top'],
    ['Zoë'],
    ['x\n'],
  ])('the name %j is not repeated', name => {
    expect(messageOf(parseProfileListOptions([[name, 'x']]))).toBe('A query option is not supported.')
  })

  test('a long name is cut', () => {
    expect(messageOf(parseProfileListOptions([['x'.repeat(65), '']]))).toBe(
      `The query option '${'x'.repeat(64)}' is not supported.`,
    )
  })

  test('no message repeats a value', () => {
    const secret = 'jane.doe@contoso.com'
    const names = ['$select', '$filter', '$top', '$skiptoken', '$count', 'x', secret]
    for (const name of names) {
      const pairs: ReadonlyArray<QueryPair> = [
        [name, secret],
        [name, secret],
      ]
      for (const parse of [parseProfileListOptions, parseProfileOptions, parseNoOptions])
        expect(messageOf(parse(pairs))).not.toContain(secret)
    }
  })

  test('are read as they were written', () => {
    fc.assert(
      fc.property(listOptions, options => {
        expect(parseProfileListOptions(listQuery(options))).toEqual(E.right(options))
      }),
    )
  })

  test('nothing at all is written for none', () => {
    expect(listQuery(none)).toEqual([])
    expect(profilesUrl(root, none)).toBe('https://lethe.example/beta/directory/inboundSharedUserProfiles')
  })
})

describe('the link to the next page', () => {
  test('is encoded, and keeps the other options', () => {
    const options: ProfileListOptions = {
      select: ['userId', 'displayName'],
      filter: [{ property: 'userPrincipalName', value: "o'neil+é@contoso.com" }],
      top: 20,
      skipToken: 'first',
    }
    expect(nextLink(root, options, 'a&b')).toBe(
      'https://lethe.example/beta/directory/inboundSharedUserProfiles?$select=userId%2CdisplayName' +
        "&$filter=userPrincipalName%20eq%20'o''neil%2B%C3%A9%40contoso.com'&$top=20&$skiptoken=a%26b",
    )
  })

  test('is read as the same options with the token', () => {
    fc.assert(
      fc.property(
        listOptions,
        text.filter(token => token !== ''),
        (options, token) => {
          expect(parseProfileListOptions(pairsOf(nextLink(root, options, token)))).toEqual(
            E.right({ ...options, skipToken: token }),
          )
        },
      ),
    )
  })

  test('half a surrogate pair does no harm', () => {
    expect(nextLink(root, none, '\uD83D')).toBe(
      'https://lethe.example/beta/directory/inboundSharedUserProfiles?$skiptoken=%EF%BF%BD',
    )
  })
})

describe('the options of one profile', () => {
  test('are $select alone', () => {
    expect(parseProfileOptions([])).toEqual(E.right({ select: [] }))
    expect(parseProfileOptions([['Select', 'userid, displayName']])).toEqual(
      E.right({ select: ['userId', 'displayName'] }),
    )
    expect(messageOf(parseProfileOptions([['$select', 'x']]))).toContain('$select must be')
    for (const name of ['$filter', '$top', '$skiptoken', '$expand'])
      expect(messageOf(parseProfileOptions([[name, '1']]))).toBe(
        `The query option '${name}' is not supported.`,
      )
  })
})

describe('an action', () => {
  test('takes no option', () => {
    expect(parseNoOptions([])).toEqual(E.right(undefined))
    expect(messageOf(parseNoOptions([['$select', 'userId']]))).toBe(
      "The query option '$select' is not supported.",
    )
    expect(messageOf(parseNoOptions([['top', '1']]))).toBe("The query option 'top' is not supported.")
    expect(messageOf(parseNoOptions([['tenant', 'x']]))).toBe("The query option 'tenant' is not supported.")
  })
})
