/** The door to what reads the history: neither MSAL nor an HTTP client comes in with it. */
export { readTenant } from './graph/tenant.js'
export { historyEntries, type HistoryEntry } from './history/entries.js'
export { type HandOn, readHistory, type ReadHistory } from './history/read-history.js'
export { historyPlace } from './history/state-folder.js'
export type { HistoryRefusal } from './refusal.js'
