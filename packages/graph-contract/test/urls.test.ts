import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  graphErrors,
  graphRoot,
  keyOfParentheses,
  type KeyedRoute,
  profilePath,
  profileRoutes,
  profilesPath,
  quoteLiteral,
  removePersonalDataPath,
  removePersonalDataRoutes,
  routedPath,
  unquoteLiteral,
} from '../src/index.js'
import * as O from 'fp-ts/lib/Option.js'
import { bob, text } from './arbitraries.js'

const base = '/directory/inboundSharedUserProfiles'

/** What a router below the root does with a pattern: one segment is the parameter. */
const capture = (pattern: string, path: string): string | undefined => {
  const segments = routedPath(`${graphRoot}${path}`).split('/')
  const expected = `${graphRoot}${pattern}`.split('/')
  const fits = (segment: string, index: number) =>
    segment === expected[index] || (expected[index] === ':userId' && segment !== '')
  return segments.length === expected.length && segments.every(fits)
    ? segments[expected.indexOf(':userId')]
    : undefined
}

const userIdsIn = (routes: ReadonlyArray<KeyedRoute>, path: string) =>
  routes.flatMap(route => {
    const param = capture(route.path, path)
    return param === undefined ? [] : [route.userIdOf(decodeURIComponent(param))]
  })

describe('a client', () => {
  test('asks in the canonical spelling', () => {
    expect(profilesPath).toBe(base)
    expect(profilePath(bob.userId)).toBe(`${base}/${bob.userId}`)
    expect(removePersonalDataPath(bob.userId)).toBe(`${base}/${bob.userId}/removePersonalData`)
  })
})

describe('a server', () => {
  test.each([
    [`${base}/${bob.userId}`],
    [`${base}('${bob.userId}')`],
    [`${base}('${bob.userId.toUpperCase()}')`],
    [`${base.toUpperCase()}/${bob.userId}/`],
    [`${base.toLowerCase()}('${bob.userId}')/`],
    [`${base.replace('i', '%69')}/${bob.userId}`],
  ])('finds the profile at %s', path => {
    expect(userIdsIn(profileRoutes, path)).toEqual([E.right(bob.userId)])
    expect(userIdsIn(removePersonalDataRoutes, path)).toEqual([])
  })

  test.each([
    [`${base}/${bob.userId}/removePersonalData`],
    [`${base}/${bob.userId}/microsoft.graph.removePersonalData`],
    [`${base}('${bob.userId}')/removePersonalData`],
    [`${base}('${bob.userId}')/microsoft.graph.removePersonalData`],
    [`${base.toLowerCase()}/${bob.userId}/REMOVEPERSONALDATA/`],
    [`${base.toUpperCase()}('${bob.userId}')/Microsoft.Graph.removepersonaldata`],
  ])('finds the action at %s', path => {
    expect(userIdsIn(removePersonalDataRoutes, path)).toEqual([E.right(bob.userId)])
    expect(userIdsIn(profileRoutes, path)).toEqual([])
  })

  test('has two spellings of a profile and four of the action, each once', () => {
    expect(new Set(profileRoutes.map(route => route.path)).size).toBe(2)
    expect(new Set(removePersonalDataRoutes.map(route => route.path)).size).toBe(4)
  })

  test('a key in parentheses does not reach into the next segment', () => {
    expect(userIdsIn(profileRoutes, `${base}('a')/b')`)).toEqual([])
    expect(userIdsIn(removePersonalDataRoutes, `${base}('a')/b')/removePersonalData`)).toEqual([])
  })

  test.each([
    ['bob', 'bob'],
    ['%7B486fb458-9474-4c44-896b-b30942d055f0%7D', '{486fb458-9474-4c44-896b-b30942d055f0}'],
    ['a%2Fb', 'a/b'],
    ['%2527', '%27'],
    ['..%00', '..\0'],
  ])('refuses the id %s', (encoded, id) => {
    const refusal = E.left(graphErrors.invalidObjectId(id))
    expect(userIdsIn(profileRoutes, `${base}/${encoded}`)).toEqual([refusal])
    expect(userIdsIn(profileRoutes, `${base}('${encoded}')`)).toEqual([refusal])
  })

  test.each([
    ['()'],
    [`(${bob.userId})`],
    [`("${bob.userId}")`],
    [`(userId='${bob.userId}')`],
    [`('a'b')`],
    [`(')`],
    [`('a'`],
    [`('a')b`],
    [`('a`],
    ['('],
  ])('refuses the key predicate %s', predicate => {
    expect(E.isLeft(keyOfParentheses(predicate))).toBe(true)
    expect(userIdsIn(profileRoutes, `${base}${predicate}`)).toEqual([
      E.left(graphErrors.badRequest('A key in parentheses must be a string in single quotes.')),
    ])
  })

  test('finds a key in parentheses nowhere else than where it is', () => {
    for (const path of [`${base}()/('${bob.userId}')`, `${base}/()/('${bob.userId}')`, `${base}()/()/('a')`])
      expect(userIdsIn(profileRoutes, path)).toEqual([])
    expect(userIdsIn(profileRoutes, `${base}/('${bob.userId}')`)).toEqual([
      E.left(graphErrors.invalidObjectId(`('${bob.userId}')`)),
    ])
  })

  test('leaves every other path as it is', () => {
    const below = [
      base,
      `${base}/(a)`,
      '/directory/(a)',
      `${base}s('a')`,
      '/Groups',
      `${base}/%ZZ`,
      `${base}//x`,
    ]
    for (const path of [
      '',
      '/',
      'beta',
      `${base}('a')`,
      '/BETA1/$BATCH',
      ...below.map(path => `/beta${path}`),
    ])
      expect(routedPath(path)).toBe(path)
    expect(routedPath(`/beta${base}('a')/b('c')`)).toBe(`/beta${base}()/('a')/b('c')`)
  })

  test('spells names as its routes do, and takes one trailing slash away', () => {
    expect(routedPath('/Beta/$BATCH/')).toBe('/beta/$batch')
    expect(routedPath('/beta/%24batch')).toBe('/beta/$batch')
    expect(routedPath(`/beta${base.toUpperCase()}/DIRECTORY/RemovePersonalData`)).toBe(
      `/beta${base}/DIRECTORY/removePersonalData`,
    )
    expect(routedPath(`/beta${base}//`)).toBe(`/beta${base}/`)
    expect(routedPath('/beta/%2524batch')).toBe('/beta/%2524batch')
  })

  test('reads every key that a client can write', () => {
    fc.assert(
      fc.property(text, key => {
        expect(keyOfParentheses(`(${quoteLiteral(key)})`)).toEqual(E.right(key))
      }),
    )
  })
})

describe('a string literal', () => {
  test('doubles the quotes inside', () => {
    expect(quoteLiteral("O'Neil''s")).toBe("'O''Neil''''s'")
  })

  test('is read as it was written', () => {
    fc.assert(
      fc.property(text, value => {
        expect(unquoteLiteral(quoteLiteral(value))).toEqual(O.some(value))
      }),
    )
  })

  test.each([[''], ["'"], ["'''"], ['bob'], ["'bob"], ["bob'"], ["'bob' "], ["'O'Neil'"], ["'a'\n"]])(
    'is not %j',
    literal => {
      expect(unquoteLiteral(literal)).toEqual(O.none)
    },
  )
})
