import { mergeConfig } from 'vitest/config'
import { suite } from '../../tools/vitest/suite.mjs'

export default mergeConfig(suite('@lethe/api', { globalSetup: ['test/making/server.ts'] }), {
  // Much of the time goes by with waiting for processes, and for a lease to run out.
  test: { maxWorkers: 2 },
})
