import { setTimeout } from 'node:timers/promises'
import { type Figure, rounded } from './figure.js'
import { startServerProcess } from './processes.js'
import { submitMany } from './submitting.js'
import type { World } from './world.js'

const requests = 20_000
/** Each look counts the whole table: not so often that the count is a part of what is measured. */
const lookEveryMilliseconds = 500
const mostSeconds = 300

/** As by default, but without the minute between the first look and the last, in which nothing is done. */
const threeLooks = { LETHE_ABSENCE_LOOKS: '3', LETHE_ABSENCE_SECONDS: '0' }

/** Approved requests to completed: with one worker process, with two, and with three looks at each profile. */
export const measureDrain = async (world: World): Promise<ReadonlyArray<Figure>> => {
  const one = await drainedPerSecond(world, 1)
  const two = await drainedPerSecond(world, 2)
  const looking = await drainedPerSecond(world, 1, threeLooks)
  return [
    {
      name: 'drainPerSecond',
      value: Math.round(one),
      bar: 1000,
      is: 'atLeast',
      unit: 'per second',
      detail: `${requests} approved requests to completed, one worker process, one look`,
    },
    {
      name: 'twoWorkersRatio',
      value: rounded(two / one),
      bar: null,
      is: 'reported',
      unit: 'ratio',
      detail: `${Math.round(two)} a second with two worker processes`,
    },
    {
      name: 'drainThreeLooksPerSecond',
      value: Math.round(looking),
      bar: null,
      is: 'reported',
      unit: 'per second',
      detail: 'one worker process that looks three times before a profile counts as gone',
    },
  ]
}

const drainedPerSecond = async (
  world: World,
  workers: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<number> => {
  const before = await completed(world)
  await submitMany(world, world.tenantId, requests, 'automatic')
  // The database does so by itself within a minute. Until then it plans for an empty queue, and sorts all of it for each fetch.
  await world.number('analyze')
  const servers = []
  for (let index = 0; index < workers; index += 1)
    servers.push(await startServerProcess(world, 'worker', settings))
  try {
    const started = performance.now()
    // The processes have begun by now; what they did already is not counted.
    const first = await completed(world)
    let now = first
    while (now < before + requests) {
      if (performance.now() - started > mostSeconds * 1000) throw new Error('The queue was not worked off')
      await setTimeout(lookEveryMilliseconds)
      now = await completed(world)
    }
    return (now - first) / ((performance.now() - started) / 1000)
  } finally {
    await Promise.all(servers.map(server => server.stop()))
  }
}

const completed = (world: World): Promise<number> =>
  world.number(`select count(*) from lethe.removal_request where tenant_id = $1 and state = 'completed'`, [
    world.tenantId,
  ])
