import type { EndingRow } from './ending-row.js'
import { answered } from './endings-answered.js'
import { unanswered } from './endings-unanswered.js'

/**
 * Every way in which a call to Graph can end, and what follows from it for each operation.
 * `docs/graph-endings.md` shows the same rows; a test compares them.
 */
export const endings = { ...answered, ...unanswered } satisfies Record<string, EndingRow>

/** One way in which a call can end. */
export type EndingKind = keyof typeof endings

/** An ending that brought nothing but itself. */
export interface BareEnding {
  readonly kind: Exclude<EndingKind, 'found'>
  /** Seconds for which Graph, or whoever stood in the way of the call, asked to wait; null where nobody did. */
  readonly retryAfterSeconds: number | null
}

/** How a call ended; `found` brings what was read. */
export type Ending<A> = { readonly kind: 'found'; readonly value: A } | BareEnding

export const bareEnding = (
  kind: BareEnding['kind'],
  retryAfterSeconds: number | null = null,
): BareEnding => ({ kind, retryAfterSeconds })
