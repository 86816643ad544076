import { type EndingRow, final, passing, unauthenticated, uncertain } from './ending-row.js'

/** The endings with an answer of Graph. */
export const answered = {
  found: {
    ...uncertain,
    when: '200 to a read, with a body that can be read',
    readBack: 'present',
    lookup: 'found',
    asksAgain: false,
    failing: false,
    because: 'To a removal only 204 is documented: a 200 may come from something in between.',
  },
  noContent: {
    ...passing,
    when: '204',
    removal: 'cleared',
    failing: false,
    because: 'The documented success of a removal. A read must bring something.',
  },
  badRequest: {
    ...final,
    when: '400',
    because: 'The same call would be wrong again. With a page token of the caller, the token is invalid.',
  },
  unauthorized: {
    ...unauthenticated,
    when: '401',
    because: 'Tokens are cached: another call would send the same one.',
  },
  claimsChallenge: {
    ...unauthenticated,
    when: '401 with a claims challenge, again after a token with those claims',
    because: 'A token is asked for once with the claims. If that is not enough, a person has to act.',
  },
  forbidden: {
    ...final,
    when: '403',
    because: 'A permission, a role or consent is missing: an administrator has to act.',
  },
  notFound: {
    ...final,
    when: '404 with the code Request_ResourceNotFound',
    removal: 'absent',
    readBack: 'absent',
    lookup: 'none',
    because: 'Graph knows the address, and there is no such profile. To a list it means unavailable.',
  },
  notFoundOtherwise: {
    ...final,
    when: '404 with anything else',
    because: 'A wrong address is a 404 too: it must never pass for proof that a profile is gone.',
  },
  methodNotAllowed: {
    ...final,
    when: '405',
    because: 'This Graph does not offer the operation.',
  },
  conflict: {
    ...passing,
    when: '409',
    failing: false,
    because: 'Something else is being done with the profile; the call was turned down.',
  },
  otherClientError: {
    ...final,
    when: 'any other 4xx but 408 and 429',
    because: 'Graph turned the call down, and would again.',
  },
  throttledFor: {
    ...passing,
    when: '429 with Retry-After',
    lookup: 'throttled',
    failing: false,
    because: 'Turned down before it was done. A read waits if that fits into its time.',
  },
  throttled: {
    ...passing,
    when: '429 without Retry-After',
    lookup: 'throttled',
    failing: false,
    because: 'As above; the wait is left to back-off and to the learned pace.',
  },
  unavailableFor: {
    ...passing,
    when: '503 with Retry-After',
    because: 'Turned down before it was done, with the time to come back.',
  },
  unavailable: {
    ...passing,
    when: '503 without Retry-After',
    because: 'Turned down before it was done (RFC 9110, 15.6.4).',
  },
  gatewayError: {
    ...uncertain,
    when: '502 or 504',
    because: 'A gateway lost the answer; what lies behind it may have done the work.',
  },
  serverError: {
    ...uncertain,
    when: '500 or any other 5xx',
    because: 'It may have failed after the effect.',
  },
  otherStatus: {
    ...uncertain,
    when: 'any other status: 1xx, 2xx, 3xx, 408',
    because:
      'Not documented, so no definite answer. Redirects are not followed: a token must not go elsewhere.',
  },
  truncated: {
    ...uncertain,
    when: 'a body that ends too early, where the body matters (200, 404)',
    because: 'The part that would tell is missing.',
  },
  unreadable: {
    ...uncertain,
    when: 'no HTTP, a body over 1 MiB, or a 200 that is no JSON, not what was expected, or of somebody else',
    because: 'Nothing is concluded from what cannot be understood.',
  },
} satisfies Record<string, EndingRow>
