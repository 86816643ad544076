import { randomBytes, randomInt } from 'node:crypto'

/** Somebody signed in, and what the client may redeem for it. */
export interface AuthorizationGrant {
  readonly clientId: string
  readonly redirectUri: string
  /** PKCE, S256 (RFC 7636, 4.2). */
  readonly codeChallenge: string
  readonly nonce: string | null
  /** The tenant of the path under which the sign-in began. */
  readonly tenant: string
  readonly person: string
}

/** A sign-in that began on one device and is done on another. */
export interface DeviceGrant {
  readonly clientId: string
  readonly tenant: string
  readonly scope: string
  readonly userCode: string
  /** Null while nobody has decided. */
  readonly decision: { readonly person: string } | 'declined' | null
}

/** What became of a code: `spent` where it was redeemed before. */
type Redeemed<A> = A | 'unknown' | 'expired' | 'spent'

/** How long codes are good for, and how often a device may ask, in seconds. */
export const codeLifetimes = { authorization: 60, device: 900, interval: 2 } as const

/** Grants that wait to be redeemed. Kept in memory: a restart ends them. */
export interface PendingGrants {
  /** @returns the code. */
  readonly authorize: (grant: AuthorizationGrant) => string
  /** Gives a grant once. */
  readonly redeem: (code: string) => Redeemed<AuthorizationGrant>
  /** @returns the device's code; the person's code is in the grant. */
  readonly beginDevice: (asked: Pick<DeviceGrant, 'clientId' | 'tenant' | 'scope'>) => {
    readonly deviceCode: string
    readonly userCode: string
  }
  /** A sign-in that waits for this code of a person's; null where none does. */
  readonly waiting: (userCode: string) => DeviceGrant | null
  readonly decide: (userCode: string, decision: NonNullable<DeviceGrant['decision']>) => boolean
  /** What a device is told; a decision once. `early` where it asks too soon again. */
  readonly poll: (deviceCode: string) => Redeemed<DeviceGrant> | 'early'
}

interface Kept<A> {
  readonly value: A
  readonly ends: number
  readonly spent: boolean
}

/** @param now milliseconds since 1970. */
export const createPendingGrants = (now: () => number): PendingGrants => {
  const codes = new Map<string, Kept<AuthorizationGrant>>()
  const devices = new Map<string, Kept<DeviceGrant>>()
  const asked = new Map<string, number>()
  const endsIn = (seconds: number): number => now() + seconds * 1000
  const found = <A>(kept: Kept<A> | undefined): Redeemed<A> => {
    if (kept === undefined) return 'unknown'
    if (kept.spent) return 'spent'
    return now() >= kept.ends ? 'expired' : kept.value
  }
  const deviceOf = (userCode: string) =>
    [...devices].find(([, { value, spent, ends }]) => value.userCode === userCode && !spent && now() < ends)

  return {
    authorize: grant => {
      const code = randomBytes(32).toString('base64url')
      codes.set(code, { value: grant, ends: endsIn(codeLifetimes.authorization), spent: false })
      return code
    },
    redeem: code => {
      const kept = codes.get(code)
      const grant = found(kept)
      if (kept !== undefined) codes.set(code, { ...kept, spent: true })
      return grant
    },
    beginDevice: grant => {
      const deviceCode = randomBytes(32).toString('base64url')
      const userCode = newUserCode()
      const value = { ...grant, userCode, decision: null }
      devices.set(deviceCode, { value, ends: endsIn(codeLifetimes.device), spent: false })
      return { deviceCode, userCode }
    },
    waiting: userCode => {
      const grant = deviceOf(userCode)?.[1].value ?? null
      return grant?.decision === null ? grant : null
    },
    decide: (userCode, decision) => {
      const device = deviceOf(userCode)
      if (device === undefined || device[1].value.decision !== null) return false
      const [deviceCode, kept] = device
      devices.set(deviceCode, { ...kept, value: { ...kept.value, decision } })
      return true
    },
    poll: deviceCode => {
      const kept = devices.get(deviceCode)
      const grant = found(kept)
      if (kept === undefined || typeof grant === 'string') return grant
      const last = asked.get(deviceCode)
      asked.set(deviceCode, now())
      // Half of the interval, so that a clock that is a little fast is not told off.
      if (last !== undefined && now() - last < codeLifetimes.interval * 500) return 'early'
      if (grant.decision !== null) devices.set(deviceCode, { ...kept, spent: true })
      return grant
    },
  }
}

/** Consonants that are hard to mistake, and no words of them (RFC 8628, 6.1). */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ'

const newUserCode = (): string => {
  const letters = Array.from({ length: 8 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}
