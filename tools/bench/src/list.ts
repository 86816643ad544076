import { randomUUID } from 'node:crypto'
import type { TenantId } from '@lethe/domain'
import { type Figure, median, rounded } from './figure.js'
import { startServerProcess } from './processes.js'
import { submitMany } from './submitting.js'
import type { World } from './world.js'

const few = 10_000
const many = 1_000_000
const looks = 200
const page = 100

/** The first and the deepest page of the list, of a tenant with a million requests and of one with ten thousand. */
export const measureList = async (world: World): Promise<ReadonlyArray<Figure>> => {
  const [small, large] = [world.otherTenantId, world.tenantId]
  await submitMany(world, small, few, 'approvers')
  const there = await world.number('select count(*) from lethe.removal_request where tenant_id = $1', [large])
  await submitMany(world, large, Math.max(0, many - there), 'approvers')
  await world.number('analyze')

  const server = await startServerProcess(world, 'api')
  try {
    const lists = await Promise.all(
      [small, large].map(tenantId => listsOf(world, server.ports.api, tenantId)),
    )
    const times = lists.map(() => ({ first: new Array<number>(), deepest: new Array<number>() }))
    // In turns, so that what else the machine does weighs on all alike.
    for (let look = 0; look < looks; look += 1)
      for (const [index, list] of lists.entries()) {
        times[index]?.first.push(await list.first())
        times[index]?.deepest.push(await list.deepest())
      }
    const [ofSmall, ofLarge] = times.map(({ first, deepest }) => ({
      first: median(first),
      deepest: median(deepest),
    }))
    if (ofSmall === undefined || ofLarge === undefined) throw new Error('Two tenants were measured')
    return [
      {
        name: 'listRatio',
        value: rounded(Math.max(ofLarge.first / ofSmall.first, ofLarge.deepest / ofSmall.deepest)),
        bar: 1.5,
        is: 'atMost',
        unit: 'ratio',
        detail: `first page ${rounded(ofLarge.first)} against ${rounded(ofSmall.first)} ms, deepest ${rounded(ofLarge.deepest)} against ${rounded(ofSmall.deepest)} ms`,
      },
    ]
  } finally {
    await server.stop()
  }
}

/** Looks at the two pages over HTTP; each gives the time that it took, in milliseconds. */
const listsOf = async (world: World, port: number | null, tenantId: TenantId) => {
  const token = await world.issuer.tokenFor(tenantId, randomUUID())
  const root = `http://127.0.0.1:${port ?? 0}/lethe/v1/removalRequests?$top=${page}`
  const look = async (url: string, whole: boolean): Promise<number> => {
    const started = performance.now()
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } })
    const text = await response.text()
    const milliseconds = performance.now() - started
    if (response.status !== 200 || text.includes('"@odata.nextLink"') === whole)
      throw new Error(`The list answered ${response.status}`)
    return milliseconds
  }
  // After it come the last hundred, the oldest: nobody would turn so many pages to get there.
  const before = await world.text(
    'select request_id from lethe.removal_request where tenant_id = $1 order by request_id offset $2 limit 1',
    [tenantId, page],
  )
  return { first: () => look(root, false), deepest: () => look(`${root}&$skiptoken=${before}`, true) }
}
