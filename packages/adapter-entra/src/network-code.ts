/**
 * Says in a code why a call brought no answer, such as ECONNREFUSED, or PROXY_407 where a proxy failed. What else an error says may
 * hold an address.
 *
 * @param otherwise where there is no such code.
 */
export const networkCodeOf = (error: unknown, otherwise: string): string => {
  if (!(error instanceof Error)) return otherwise
  // That of a `fetch` is in its cause.
  const of = error.cause instanceof Error ? error.cause : error
  if (of.name === 'TimeoutError') return 'TIMEOUT'
  return 'code' in of && typeof of.code === 'string' && /^\w{1,64}$/.test(of.code) ? of.code : otherwise
}
