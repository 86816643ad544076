import { defineConfig } from 'vitest/config'

/**
 * The vitest settings of every suite: a report that the summary of `npm test` adds up, and a failure where a suite
 * holds no test, a test asserts nothing, or one is focused.
 */
export const suite = (name, { globalSetup = [] } = {}) =>
  defineConfig({
    test: {
      name,
      globalSetup: [...globalSetup],
      include: ['test/**/*.test.ts'],
      allowOnly: false,
      passWithNoTests: false,
      expect: { requireAssertions: true },
      restoreMocks: true,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
    },
  })
