export { createDatabase, dropDatabase } from './databases.js'
export { describeRefusal, type EmbeddedPostgresRefusal } from './refusal.js'
export { type EmbeddedPostgresOptions, type RunningPostgres, startEmbeddedPostgres } from './start.js'
