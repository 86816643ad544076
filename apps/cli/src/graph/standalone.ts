import type * as standalone from '@lethe/standalone'
import type * as localHistory from '@lethe/standalone/history'

/** What works without a server of Lethe. */
export type Standalone = typeof standalone

/** Loads it only when it is needed: MSAL and the HTTP client come with it, and would slow down every start. */
export const loadStandalone = (): Promise<Standalone> => import('@lethe/standalone')

/** Loads what reads the history of removals without a server: neither MSAL nor the HTTP client comes with it. */
export const loadLocalHistory = (): Promise<typeof localHistory> => import('@lethe/standalone/history')
