/** The door to what reads the history: neither MSAL nor an HTTP client comes in with it. */
export { readTenant } from './graph/tenant.js'
export { historyEntries, type HistoryEntry, type TellEntries } from './history/entries.js'
export { type HandOn, readHistory, type ReadHistory } from './history/read-history.js'
export { historyPlace } from './history/state-folder.js'
