import { suite } from '../../tools/vitest/suite.mjs'

export default suite('@lethe/adapter-postgres', { globalSetup: ['test/making/server.ts'] })
