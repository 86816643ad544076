import { defineConfig } from 'vitest/config'

/** What a test waits for comes, however slow the machine is: only a hang reaches this limit, in milliseconds. */
const hang = 5 * 60_000

/** How often each property is tried, and how many seeds are simulated; `npm run test:long` sets more. */
const runs = process.env['LETHE_TEST_RUNS'] ?? '100'
if (!/^[1-9]\d{0,5}$/.test(runs)) throw new Error('LETHE_TEST_RUNS: expected a whole number, 1 to 999999')

/**
 * All tests of the workspace in one run. Its workers take one file after another without starting afresh, so that each
 * library is loaded once for a worker; some files wait for processes most of the time, so there are more workers than cores.
 */
export default defineConfig({
  test: {
    include: ['{packages,apps,tools}/*/test/**/*.test.ts'],
    isolate: false,
    maxWorkers: 4,
    // Built packages are loaded as Node loads them, not transformed again.
    server: { deps: { external: [/\/(?:packages|apps|tools)\/[\w-]+\/dist\//] } },
    setupFiles: ['vitest.setup.ts'],
    globalSetup: ['packages/embedded-postgres/src/testing.ts'],
    env: { LETHE_TEST_RUNS: runs },
    allowOnly: false,
    passWithNoTests: false,
    restoreMocks: true,
    unstubEnvs: true,
    expect: { requireAssertions: true, poll: { timeout: hang, interval: 20 } },
    testTimeout: hang,
    hookTimeout: hang,
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
  },
})
