import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCsv } from './support/csv.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe } from './support/fake-io.js'
import { removalRequest, requestId } from './support/samples.js'

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  api.requests = [1, 2, 3, 4, 5].map(n => removalRequest({ id: requestId(n) }))
})
afterEach(() => api.close())

describe('lethe requests export', () => {
  it('writes everything as CSV, page by page, if not told otherwise', async () => {
    const parts: Array<string> = []
    const { code, stdout } = await lethe(api.url, ['requests', 'export'], { wrote: text => parts.push(text) })

    expect(code).toBe(0)
    const [header, ...rows] = readCsv(stdout)
    expect(header).toEqual(expect.arrayContaining(['id', 'batchId', 'expiryDateTime', 'holders']))
    expect(rows).toHaveLength(5)
    expect(parts.length).toBeGreaterThan(2)
  })

  it.each<[string, (text: string) => number, number]>([
    ['json', text => [JSON.parse(text)].flat().length, 5],
    ['md', text => text.trimEnd().split('\n').length, 7],
    ['none', text => text.length, 0],
  ])('writes %s where that is asked for', async (format, sizeOf, size) => {
    const { code, stdout } = await lethe(api.url, ['requests', 'export', '-o', format])

    expect(code).toBe(0)
    expect(sizeOf(stdout)).toBe(size)
  })

  it('waits for a server that is away, and goes on where it was', async () => {
    let away = 3
    api.instead = ({ query }) => {
      if (query.get('$skiptoken') === null || away === 0) return null
      away -= 1
      return { status: 503 }
    }
    const { code, stdout, slept } = await lethe(api.url, ['requests', 'export'])

    expect(code).toBe(0)
    expect(readCsv(stdout)).toHaveLength(6)
    expect(slept).toHaveLength(3)
  })

  it('asks for no more than the filter, and knows a batch', async () => {
    const batch = '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'
    await lethe(api.url, ['requests', 'export', '--batch', batch, '--state', 'failed'])

    expect(api.received[0]?.query.get('batchId')).toBe(batch)
    expect(api.received[0]?.query.get('state')).toBe('failed')
    expect((await lethe(api.url, ['requests', 'list', '--batch', 'mine'])).code).toBe(2)
  })
})
