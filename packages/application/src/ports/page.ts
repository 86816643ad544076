/** A part of a list, in a stable order. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** Gives the next part; null at the end. Opaque to everybody but the adapter that made it. */
  readonly next: string | null
}

/** Which part of a list is asked for. */
export interface PageRequest {
  /** How many items at most; 1 or more. */
  readonly size: number
  /** The `next` of the page before; null for the first page. */
  readonly after: string | null
}
