import type { IdentityResource } from '@lethe/api-contract'
import type { ProxySettings } from '@lethe/standalone/network'
import type * as E from 'fp-ts/lib/Either.js'
import type { RawAnswer } from '../exchange.js'
import type { Io } from '../io.js'
import type { LetheApi } from '../lethe-api.js'
import type { ClientRefusal, SingleRefusal } from '../refusal.js'
import type { TokenSource } from '../sign-in/token-source.js'

/** What earlier checks found out. What is missing here was not found to be right. */
export interface Known {
  /** Where Lethe is said to be. */
  readonly address?: string
  /** What came of the first call, whatever answered. */
  readonly probe?: E.Either<ClientRefusal, RawAnswer>
  /** The proxy of the environment, and for whom it is not used. */
  readonly proxies?: ProxySettings
  /** What came of it, where something answered. */
  readonly answer?: RawAnswer
  /** The address, where it is Lethe's. */
  readonly server?: string
  /** How much later it is here than there, in milliseconds. */
  readonly skew?: number
  /** What the operator signs in with. */
  readonly tokens?: TokenSource
  readonly lethe?: LetheApi
  readonly identity?: IdentityResource
}

/** What a check has to say. A finding holds no token and nobody's data. */
export type Examined = {
  readonly finding: string
  /** What to do about it, in a sentence; null where nothing is to be done. */
  readonly advice: string | null
} & (
  | { readonly outcome: 'ok' | 'warning' | 'skipped' }
  /** The refusal gives the exit code. */
  | { readonly outcome: 'failed'; readonly refusal: SingleRefusal }
)

/** What a check works with. */
export interface Surgery {
  readonly io: Io
  /** The address as it was typed; null where it was not. */
  readonly typedServer: string | null
  /** The context that was named; null where none was. */
  readonly context: string | null
}

/** One question to a setup. They are asked in their order, each with what those before it found out. */
export interface Check {
  readonly name: string
  readonly look: (
    surgery: Surgery,
    known: Known,
  ) => Promise<{ readonly examined: Examined; readonly learned?: Known }>
}

export const ok = (finding: string): Examined => ({ outcome: 'ok', finding, advice: null })

export const warning = (finding: string, advice: string): Examined => ({
  outcome: 'warning',
  finding,
  advice,
})

export const failed = (refusal: SingleRefusal, finding: string, advice: string): Examined => ({
  outcome: 'failed',
  finding,
  advice,
  refusal,
})

/** The advice where the finding says itself what to do. */
export const lookAgain = 'Then look again with lethe doctor.'

/** @param missing what it would have needed. */
export const skipped = (missing: string) => ({
  examined: { outcome: 'skipped', finding: `Not looked at: it needs ${missing}.`, advice: null } as const,
})
