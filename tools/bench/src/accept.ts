import { randomUUID } from 'node:crypto'
import { type Figure, median, rounded } from './figure.js'
import type { LoadReport } from './messages.js'
import { runLoad, startServerProcess } from './processes.js'
import type { World } from './world.js'

const connections = 256
const rounds = 5
const secondsEach = 5
const removal = '/beta/directory/inboundSharedUserProfiles/{id}/removePersonalData'
const accepted = 100_000

const load = (world: World, port: number | null, path: string, seconds: number, most = 1e9) =>
  runLoad({
    port: port ?? 0,
    path,
    tokens: world.tokens,
    connections,
    seconds,
    most,
    salt: randomUUID(),
  })

/**
 * Durable accept against a bare 204 of the same server, in turns, so that what else the machine does weighs on both alike.
 */
export const measureAccept = async (world: World): Promise<ReadonlyArray<Figure>> => {
  const server = await startServerProcess(world, 'api')
  const pairs: Array<{ readonly bare: LoadReport; readonly accept: LoadReport }> = []
  try {
    await load(world, server.ports.bare, '/bare', 2)
    await load(world, server.ports.api, removal, 4)
    for (let round = 0; round < rounds; round += 1)
      pairs.push({
        bare: await load(world, server.ports.bare, '/bare', secondsEach),
        accept: await load(world, server.ports.api, removal, secondsEach),
      })
  } finally {
    await server.stop()
  }
  const middle = (figure: (pair: (typeof pairs)[number]) => number): number => median(pairs.map(figure))
  return [
    {
      name: 'acceptRatio',
      value: rounded(middle(({ bare, accept }) => accept.perSecond / bare.perSecond)),
      bar: 0.45,
      is: 'atLeast',
      unit: 'ratio',
      detail: `${Math.round(middle(({ accept }) => accept.perSecond))} against ${Math.round(middle(({ bare }) => bare.perSecond))} a second, median of ${rounds} pairs`,
    },
    {
      name: 'acceptP99Ratio',
      value: rounded(middle(({ bare, accept }) => accept.p99 / bare.p99)),
      bar: 4,
      is: 'atMost',
      unit: 'ratio',
      detail: `${rounded(middle(({ accept }) => accept.p99))} against ${rounded(middle(({ bare }) => bare.p99))} ms`,
    },
  ]
}

/** How much memory the API holds after it accepted many requests. */
export const measureResident = async (world: World): Promise<ReadonlyArray<Figure>> => {
  const server = await startServerProcess(world, 'api')
  try {
    const { answered } = await load(world, server.ports.api, removal, 600, accepted)
    const { residentBytes } = await server.usage()
    return [
      {
        name: 'residentMB',
        value: rounded(residentBytes / 1e6),
        bar: 400,
        is: 'atMost',
        unit: 'MB',
        detail: `after ${answered} accepted requests`,
      },
    ]
  } finally {
    await server.stop()
  }
}
