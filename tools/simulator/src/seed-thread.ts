import { parentPort, workerData } from 'node:worker_threads'
import { made } from './made.js'
import { stopTaking, takePortion, Work } from './portions.js'
import { simulateRange } from './simulate-range.js'

/** A thread that simulates portions of seeds until none is left, and says of each what came of it. */
const port = parentPort
if (port === null) throw new Error('This runs as a thread only')
const work = made(Work, workerData)

for (let portion = takePortion(work); portion !== null; portion = takePortion(work)) {
  const result = await simulateRange(portion.from, portion.seeds)
  if (result.failed !== null) stopTaking(work)
  port.postMessage(result)
}
