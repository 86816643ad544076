import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureAccept, measureResident } from './accept.js'
import { measureBatchList } from './batch-list.js'
import { measureBatch } from './batch.js'
import { measureBulk } from './bulk.js'
import { measureCliStart } from './cli-start.js'
import { measureDrain } from './drain.js'
import { type Figure, meetsBar } from './figure.js'
import { measureList } from './list.js'
import { reportOf, tableOf } from './report.js'
import { measureFairness, measureThrottle } from './throttle.js'
import { openWorld, type World } from './world.js'

const parts: Readonly<Record<string, (world: World) => Promise<ReadonlyArray<Figure>>>> = {
  accept: measureAccept,
  resident: measureResident,
  drain: measureDrain,
  list: measureList,
  batch: measureBatch,
  batches: measureBatchList,
  throttle: measureThrottle,
  fairness: measureFairness,
  bulk: measureBulk,
  cli: measureCliStart,
}

const { values, positionals } = parseArgs({
  options: { out: { type: 'string', default: '.lethe' } },
  allowPositionals: true,
  strict: false,
})
const unknown = [
  ...positionals.filter(name => parts[name] === undefined),
  ...Object.keys(values).filter(name => name !== 'out'),
]
if (unknown.length > 0 || typeof values.out !== 'string') {
  process.stderr.write(
    `Expected parts to measure out of ${Object.keys(parts).join(', ')}, or none for all, and --out <folder> at most\n`,
  )
  process.exitCode = 2
} else {
  const figures: Array<Figure> = []
  for (const [name, measure] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    process.stderr.write(`Measuring ${name}…\n`)
    // A database of its own for each part, so that none is measured on what another left behind.
    const world = await openWorld()
    try {
      figures.push(...(await measure(world)))
    } finally {
      await world.close()
    }
  }
  process.stdout.write(`\n${tableOf(figures)}\n`)
  await mkdir(values.out, { recursive: true })
  await writeFile(join(values.out, 'bench.json'), `${JSON.stringify(reportOf(figures), null, 2)}\n`)
  process.exitCode = figures.every(meetsBar) ? 0 : 1
}
