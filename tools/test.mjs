/**
 * `npm test`: everything that a change must pass. Ends with one line that counts the tests; where a check outside of
 * them failed (build, types and lint, format, …), that counts as one more that failed. `--long` tries each property, and
 * each scenario that is sampled otherwise, as often as there is any use in it.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { install, requireNode, root, run } from './toolchain.mjs'

const checks = ['build', 'lint', 'format', 'boundaries', 'unused']
const report = join(root, 'reports', 'vitest.json')

/** A run without a report did not come to its end, and has failed. */
const counts = () => {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    return { passed: numPassedTests, failed: numFailedTests + numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

const test = async () => {
  if (process.argv.includes('--long')) process.env.LETHE_TEST_RUNS ??= '2000'
  await install()
  // A report that an earlier run left behind must not be counted.
  rmSync(report, { force: true })
  const code = await run('turbo', [
    'run',
    ...checks,
    'suite',
    '--concurrency=100%',
    '--continue=dependencies-successful',
    '--output-logs=new-only',
  ])
  const { passed, failed } = counts()
  const failedTotal = failed === 0 && code !== 0 ? 1 : failed
  process.stdout.write(`\n${passed} passed, ${failedTotal} failed\n`)
  process.exitCode = failedTotal === 0 ? 0 : 1
}

if (requireNode())
  test().catch(error => {
    process.stderr.write(`${error.message}\n`)
    process.stdout.write('\n0 passed, 1 failed\n')
    process.exitCode = 1
  })
