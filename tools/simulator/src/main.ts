import { run } from './run.js'
import { simulateSeed } from './simulate-seed.js'
import { simulateOnThreads } from './thread-pool.js'

process.exitCode = await run(process.argv.slice(2), {
  range: simulateOnThreads,
  seed: simulateSeed,
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  now: () => performance.now(),
})
