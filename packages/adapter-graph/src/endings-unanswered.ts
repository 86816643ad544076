import { type EndingRow, heldBack, unauthenticated, uncertain, unsent } from './ending-row.js'

/** The endings without an answer of Graph. */
export const unanswered = {
  notConnected: {
    ...unsent,
    when: 'no connection: refused, no such host, no route, no trust',
    because: 'Nothing was sent.',
  },
  connectTimedOut: {
    ...unsent,
    when: 'no connection in time',
    because: 'Nothing was sent.',
  },
  resetBeforeSending: {
    ...unsent,
    when: 'the connection broke before the request was written',
    because: 'Nothing was sent.',
  },
  resetAfterSending: {
    ...uncertain,
    when: 'the connection broke after the request may have been written',
    because: 'What Graph received cannot be known.',
  },
  timedOutBeforeSending: {
    ...unsent,
    when: 'the time of the call ran out while it waited for its turn, a token or a connection',
    because: 'Nothing was sent.',
  },
  timedOutAfterSending: {
    ...uncertain,
    when: 'no headers, or no end, in time',
    because: 'Graph may still be at it.',
  },
  signInRequired: {
    ...unauthenticated,
    sent: false,
    when: 'no token: somebody has to sign in',
    because: 'Nothing was sent; only a person can change it.',
  },
  tokenUnavailable: {
    ...unsent,
    when: 'no token: its issuer cannot be asked',
    asksAgain: false,
    failing: false,
    because: 'Nothing was sent. It says nothing about Graph.',
  },
  busy: {
    ...heldBack,
    when: 'the next turn at the pace of the tenant lies too far ahead',
    lookup: 'throttled',
    asksAgain: true,
    because: 'Nothing was sent: Graph would have answered 429.',
  },
  circuitOpen: {
    ...heldBack,
    when: 'the circuit breaker of the tenant is open',
    because: 'Nothing was sent. The wait ends when the breaker probes Graph again.',
  },
  shutDownBeforeSending: {
    ...heldBack,
    when: 'Lethe shut down before the request was written',
    because: 'Nothing was sent.',
  },
  shutDownAfterSending: {
    ...uncertain,
    when: 'Lethe shut down while it waited for the answer',
    asksAgain: false,
    failing: false,
    because: 'Graph may still do it.',
  },
} satisfies Record<string, EndingRow>
