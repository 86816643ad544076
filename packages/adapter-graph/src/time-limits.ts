/** How long each part of a call may take, in milliseconds. */
export interface TimeLimits {
  /** To connect, TLS included. */
  readonly connectMs: number
  /** From a read that was sent to the headers of its answer; short, so that there is time to ask again. */
  readonly readHeadersMs: number
  /** The same of a removal, which is not sent again: giving up early would only leave its outcome unknown. */
  readonly removalHeadersMs: number
  /** Between two parts of a body. */
  readonly bodyMs: number
  /** A look-up in all: turn, token, every attempt and the pauses between them. Somebody is waiting for it. */
  readonly lookupMs: number
  /** A read-back in all. */
  readonly readBackMs: number
  /** A removal in all; a call to a data holder has to end within 30 s. */
  readonly removalMs: number
}

export const defaultTimeLimits: TimeLimits = {
  connectMs: 3000,
  readHeadersMs: 3500,
  removalHeadersMs: 20_000,
  bodyMs: 5000,
  lookupMs: 8000,
  readBackMs: 20_000,
  removalMs: 25_000,
}
