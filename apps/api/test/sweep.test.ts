import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import { RemovalRequestId } from '@lethe/domain'
import { sweep, type SweepDeps } from '../src/sweep.js'
import { decoded } from './making/decoded.js'
import { keepLog } from './making/log-lines.js'
import { contoso, northwind } from './making/places.js'

const swept = async (changes: Partial<SweepDeps>) => {
  const { log, lines } = keepLog()
  const wait = await sweep({
    expireRemovals: () => TE.right({ expired: 0, unreadable: [], defects: [] }),
    resumeRemovals: () => TE.right(0),
    countOverdue: () => TE.right(0),
    countUnreadable: () => TE.right(0),
    forgetSignIns: () => TE.right(0),
    tenants: [contoso, northwind],
    log,
    ...changes,
  })
  return { wait, lines }
}

const unavailable = () => TE.left({ _tag: 'Unavailable', retryAfterSeconds: 1 } as const)

describe('a sweep', () => {
  test('says what could not be done of it, and of which tenant', async () => {
    const { lines } = await swept({
      tenants: [contoso],
      resumeRemovals: unavailable,
      forgetSignIns: unavailable,
    })
    expect(lines).toHaveLength(1)
    expect(lines.join('')).toContain(
      `"tenantId":"${contoso}","operations":["resumeRemovals","forgetSignIns"],"msg":"sweep put off: unavailable"`,
    )
  })

  test('looks in every tenant, and has nothing to say where there is nothing', async () => {
    const looked: Array<string> = []
    const { wait, lines } = await swept({
      expireRemovals: ({ tenantId }) =>
        TE.fromIO(() => ({ expired: looked.push(tenantId) - looked.length, unreadable: [], defects: [] })),
    })
    expect(looked).toEqual([contoso, northwind])
    expect([wait, lines]).toEqual([60_000, []])
  })

  test.each(['expireRemovals', 'resumeRemovals'] as const)(
    'goes on at once where there may be more: %s',
    async name => {
      const { wait } = await swept({
        [name]: ({ tenantId }: { readonly tenantId: string }) => {
          const count = tenantId === northwind ? 100 : 0
          return TE.right(name === 'expireRemovals' ? { expired: count, unreadable: [], defects: [] } : count)
        },
      })
      expect(wait).toBe(0)
    },
  )

  test('says how many requests of which tenant are overdue, and nothing about whom', async () => {
    const { lines } = await swept({
      countOverdue: ({ tenantId }) => TE.right(tenantId === contoso ? 3 : 0),
    })
    expect(lines).toHaveLength(1)
    expect(lines.join('')).toContain(`"tenantId":"${contoso}","overdue":3`)
  })

  test('says that removals had lost their jobs', async () => {
    const { lines } = await swept({ resumeRemovals: () => TE.right(2) })
    expect(lines.join('')).toContain('"resumed":2')
  })

  test.each(['expireRemovals', 'resumeRemovals', 'countOverdue'] as const)(
    'is put off in a tenant where it is unavailable, and done in the others: %s',
    async name => {
      const { wait, lines } = await swept({
        countOverdue: () => TE.right(1),
        [name]: ({ tenantId }: { readonly tenantId: string }) => {
          if (tenantId === contoso) return unavailable()
          return TE.right(name === 'expireRemovals' ? { expired: 1, unreadable: [], defects: [] } : 1)
        },
      })
      expect(wait).toBe(60_000)
      expect(lines.filter(line => line.includes(contoso)).join('')).toContain('put off')
      expect(lines.filter(line => line.includes(northwind)).join('')).toContain('"overdue":1')
    },
  )

  test.each([
    'expireRemovals',
    'resumeRemovals',
    'countOverdue',
    'countUnreadable',
    'forgetSignIns',
  ] as const)('that fails in a tenant is an error there, and done in the others: %s', async name => {
    const { wait, lines } = await swept({
      countOverdue: () => TE.right(1),
      [name]: ({ tenantId }: { readonly tenantId: string }) => {
        if (tenantId === contoso) throw new Error('somebody@contoso.example')
        return TE.right(name === 'expireRemovals' ? { expired: 0, unreadable: [], defects: [] } : 1)
      },
    })
    expect(wait).toBe(60_000)
    expect(lines.filter(line => line.includes(contoso)).join('')).toMatch(/"level":50.*sweep failed/)
    expect(lines.join('')).not.toContain('somebody')
    expect(lines.filter(line => line.includes(northwind)).join('')).toContain('"overdue":1')
  })

  test('names the request that a bug keeps from its end, and counts all the same', async () => {
    const requestId = decoded(RemovalRequestId)('0199a0b0-0000-7000-8000-000000000001')
    const { lines } = await swept({
      expireRemovals: ({ tenantId }) =>
        TE.right({
          expired: 0,
          unreadable: [],
          defects: tenantId === contoso ? [{ requestId, error: new TypeError('of somebody') }] : [],
        }),
      countOverdue: ({ tenantId }) => TE.right(tenantId === contoso ? 3 : 0),
    })
    expect(lines.join('')).toMatch(new RegExp(`"level":50.*${contoso}.*${requestId}.*request not expired`))
    expect(lines.join('')).not.toContain('somebody')
    expect(lines.join('')).toContain('"overdue":3')
  })

  test('names the requests that it could not end because nobody can read them, and counts all of them', async () => {
    const requestId = decoded(RemovalRequestId)('0199a0b0-0000-7000-8000-000000000001')
    const { lines } = await swept({
      expireRemovals: ({ tenantId }) =>
        TE.right({ expired: 0, unreadable: tenantId === contoso ? [requestId] : [], defects: [] }),
      countUnreadable: ({ tenantId }) => TE.right(tenantId === contoso ? 2 : 0),
    })
    expect(lines).toHaveLength(2)
    expect(lines.every(line => line.includes('"level":50') && line.includes(contoso))).toBe(true)
    expect(lines.join('')).toContain(`"requestId":"${requestId}"`)
    expect(lines.join('')).toContain('"unreadable":2')
  })
})
