/**
 * `npm test`: everything that a change must pass. Ends with one line that adds up the tests of all suites; a check
 * that failed outside of a suite (build, types, lint, …) counts as one more that failed.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { install, requireNode, root, run } from './toolchain.mjs'

const groups = ['packages', 'apps', 'tools']
const checks = ['build', 'typecheck', 'lint', 'format', 'boundaries', 'unused']

const suites = groups
  .flatMap(group => readdirSync(join(root, group)).map(name => join(root, group, name)))
  .filter(folder => readable(join(folder, 'vitest.config.ts')) !== null)

function readable(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** The counts of a suite's report; a suite without one did not run to its end, and has failed. */
const countsOf = folder => {
  const text = readable(join(folder, 'reports', 'vitest.json'))
  if (text === null) return { passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success } = JSON.parse(text)
  const failed = numFailedTests + numPendingTests + numTodoTests
  return { passed: numPassedTests, failed: !success && failed === 0 ? 1 : failed }
}

const test = async () => {
  await install()
  // A report that an earlier run left behind must not be counted; turbo restores those of suites that have not changed.
  for (const folder of suites) rmSync(join(folder, 'reports'), { recursive: true, force: true })
  const code = await run('turbo', [
    'run',
    ...checks,
    'test',
    '--continue=dependencies-successful',
    '--output-logs=new-only',
  ])
  const counts = suites.map(countsOf)
  const passed = counts.reduce((sum, count) => sum + count.passed, 0)
  const failed = counts.reduce((sum, count) => sum + count.failed, 0)
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
