import { describe, expect, test } from 'vitest'
import { isInboundTo, meetsConditions, TenantId, UserId } from '../src/index.js'
import { decoded } from './making/decoded.js'

const id = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'
const home = '486fb458-9474-4c44-896b-b30942d055f0'
const bob = {
  userId: decoded(UserId)(id),
  userPrincipalName: 'bob@contoso.com',
  displayName: 'Bob',
  homeTenantId: decoded(TenantId)(home),
}

describe('a profile', () => {
  test('is inbound to every tenant but its home', () => {
    expect(isInboundTo(decoded(TenantId)(id), bob)).toBe(true)
    expect(isInboundTo(decoded(TenantId)(home), bob)).toBe(false)
  })

  test.each([
    [[], true],
    [[{ property: 'userPrincipalName', value: 'BOB@Contoso.com' }], true],
    [[{ property: 'userPrincipalName', value: 'bob@contoso' }], false],
    [[{ property: 'userId', value: id.toUpperCase() }], true],
    [[{ property: 'userId', value: home }], false],
    [
      [
        { property: 'userId', value: id },
        { property: 'homeTenantId', value: home },
      ],
      true,
    ],
    [
      [
        { property: 'userId', value: id },
        { property: 'userPrincipalName', value: 'eve@contoso.com' },
      ],
      false,
    ],
  ] as const)('under %j: %s', (conditions, expected) => {
    expect(meetsConditions(conditions)(bob)).toBe(expected)
  })
})
