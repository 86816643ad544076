export { type Config, decodeConfig } from './config.js'
export type { Profiles } from './compose.js'
export { createLog } from './log.js'
export { type RunningApi, startApi } from './start.js'
