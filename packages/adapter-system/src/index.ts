export { systemClock } from './clock.js'
export { hashOf, sha256Digest } from './digest.js'
export { randomIdentifiers } from './identifiers.js'
export { systemTimer } from './timer.js'
