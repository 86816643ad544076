/** Settings whose values are secret, or hold a password. */
export const secretNames: ReadonlySet<string> = new Set([
  'LETHE_DATABASE_URL',
  'LETHE_DATABASE_OWNER_URL',
  'LETHE_HISTORY_KEYS',
  'LETHE_SEALING_KEYS',
  'LETHE_GRAPH_CLIENT_SECRET',
])
