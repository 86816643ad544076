/** What a model server says to a call: null where it takes it, otherwise the whole seconds of its Retry-After. */
export type Throttler = (nowMs: number) => number | null

/** A bucket that fills at a rate and holds so many calls. */
export const tokenBucket = (rate: number, burst: number): Throttler => {
  let tokens = burst
  let at = 0
  return nowMs => {
    tokens = Math.min(burst, tokens + ((nowMs - at) / 1000) * rate)
    at = nowMs
    if (tokens >= 1) {
      tokens -= 1
      return null
    }
    return Math.max(1, Math.ceil((1 - tokens) / rate))
  }
}

/** So many calls in any stretch of time. */
export const slidingWindow = (rate: number, windowMs = 1000): Throttler => {
  const most = Math.floor((rate * windowMs) / 1000)
  let taken: Array<number> = []
  return nowMs => {
    taken = taken.filter(at => at > nowMs - windowMs)
    if (taken.length < most) {
      taken.push(nowMs)
      return null
    }
    return Math.max(1, Math.ceil(((taken[0] ?? nowMs) + windowMs - nowMs) / 1000))
  }
}

/** Turns calls down like dice, whatever their rate, and asks for a second; what is left goes to another server. */
export const dice =
  (share: number, random: () => number, behind: Throttler = () => null): Throttler =>
  nowMs =>
    random() < share ? 1 : behind(nowMs)
