export { systemClock } from './clock.js'
export { sha256Digest } from './digest.js'
export { randomIdentifiers } from './identifiers.js'
