import type * as standalone from '@lethe/standalone'

/** What works without a server of Lethe. */
export type Standalone = typeof standalone

/** Loads it only when it is needed: MSAL and the HTTP client come with it, and would slow down every start. */
export const loadStandalone = (): Promise<Standalone> => import('@lethe/standalone')
