import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import { sweep, type SweepDeps } from '../src/sweep.js'
import { keepLog } from './making/log-lines.js'
import { contoso, northwind } from './making/places.js'

const swept = async (changes: Partial<SweepDeps>) => {
  const { log, lines } = keepLog()
  const wait = await sweep({
    expireRemovals: () => TE.right(0),
    resumeRemovals: () => TE.right(0),
    countOverdue: () => TE.right(0),
    forgetSignIns: () => TE.right(0),
    tenants: [contoso, northwind],
    log,
    ...changes,
  })
  return { wait, lines }
}

const unavailable = () => TE.left({ _tag: 'Unavailable', retryAfterSeconds: 1 } as const)

describe('a sweep', () => {
  test('looks in every tenant, and has nothing to say where there is nothing', async () => {
    const looked: Array<string> = []
    const { wait, lines } = await swept({
      expireRemovals: ({ tenantId }) => TE.fromIO(() => looked.push(tenantId) - looked.length),
    })
    expect(looked).toEqual([contoso, northwind])
    expect([wait, lines]).toEqual([60_000, []])
  })

  test.each(['expireRemovals', 'resumeRemovals'] as const)(
    'goes on at once where there may be more: %s',
    async name => {
      const { wait } = await swept({
        [name]: ({ tenantId }: { readonly tenantId: string }) => TE.right(tenantId === northwind ? 100 : 0),
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
        [name]: ({ tenantId }: { readonly tenantId: string }) =>
          tenantId === contoso ? unavailable() : TE.right(1),
      })
      expect(wait).toBe(60_000)
      expect(lines.filter(line => line.includes(contoso)).join('')).toContain('put off')
      expect(lines.filter(line => line.includes(northwind)).join('')).toContain('"overdue":1')
    },
  )
})
