import { type Clock, noSignIns, type SealedSignIns, type SignIns } from '@lethe/application'
import { type ActorReference, millisecondsOf, type RemovalRequestId, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Agent, Dispatcher } from 'undici'
import type { OnProblem } from './acquire.js'
import { applicationTokens } from './application-tokens.js'
import { type Authority, authorityOf } from './authority.js'
import { type ClientCredential, type MsalCredential, msalCredentialOf } from './client-credential.js'
import { type AssertionOf, delegatedSignIns } from './delegated-sign-ins.js'
import { delegatedTokens, type Delegation } from './delegated-tokens.js'
import { endpointGates } from './endpoint-gate.js'
import { msalClients, type NewMsalClient } from './msal-clients.js'
import type { SealingKeys } from './sealing-keys.js'
import { signInSafe } from './sign-in-safe.js'
import { tokenMemo } from './token-memo.js'
import type { TokenProblem } from './token-problem.js'

/** In whose name Lethe calls Graph to remove data; it reads in its own name under both. */
export type GraphTokensSettings = ApplicationSettings | DelegatedSettings

interface CommonSettings {
  /** The application's id in Entra. */
  readonly clientId: string
  readonly secret: ClientCredential
  /** Where tokens come from: an https origin such as `https://login.microsoftonline.com`. */
  readonly authorityHost: string
  /** Lets `authorityHost` be an http origin on loopback: for sandboxes. */
  readonly insecureAuthority?: boolean
  /** The origin of Graph that tokens are for, such as `https://graph.microsoft.com`. */
  readonly graph: string
  readonly clock: Clock
  /** Opens what the issuer is reached through, which is closed with the tokens. */
  readonly openDispatcher: (options: Agent.Options) => Dispatcher
  /** How long one exchange with the issuer may take in all, in milliseconds; default 10,000. */
  readonly timeoutMs?: number
  /** Is told of every token that was not given. */
  readonly onProblem?: OnProblem
}

interface ApplicationSettings extends CommonSettings {
  readonly credential: 'application'
}

interface DelegatedSettings extends CommonSettings {
  readonly credential: 'delegated'
  /** Where every worker finds what was kept. */
  readonly sealed: SealedSignIns
  readonly keys: SealingKeys
  readonly assertionOf: AssertionOf
}

/** What a token is for. */
export interface GraphTokenRequest {
  readonly tenantId: TenantId
  /** The removal that is called for, and on whose behalf; null to read. */
  readonly removing: {
    readonly requestId: RemovalRequestId
    readonly onBehalfOf: ActorReference | null
  } | null
  /** What Graph's claims challenge asked for, decoded (JSON): no token that is already there will do. Null without one. */
  readonly claims: string | null
  /** The token that Graph answered 401 to; null unless it did so just now. */
  readonly rejected: string | null
}

/** Tokens for Microsoft Graph. */
export interface GraphTokens {
  /**
   * Gives an access token, without the scheme.
   *
   * `SignInRequired`: nobody's sign-in is kept for the removal or it no longer holds, or the application's own credential
   * is refused. `TokenUnavailable`: the issuer or the store cannot be asked, or asked to wait.
   */
  readonly token: (request: GraphTokenRequest) => TE.TaskEither<TokenProblem, string>
  /**
   * Says that Graph refused a token of a tenant: what it may do can have changed since. The next one in Lethe's own name is asked
   * for anew, at most once a minute.
   */
  readonly distrust: (tenantId: TenantId) => void
  /** Keeps the sign-in of whoever approves, where removals are on their behalf; otherwise does nothing. */
  readonly signIns: SignIns
  /** Ends the connections to the issuer, and whatever still waits on them. */
  readonly close: () => Promise<void>
}

const usualTimeoutMs = 10_000

/**
 * Tokens through MSAL, for each tenant from its own authority.
 *
 * @throws where the authority or the credential is one that `authorityOf` or `msalCredentialOf` refuses: check the
 * configuration with them first.
 */
export const graphTokens = (settings: GraphTokensSettings): GraphTokens => {
  const { clientId, clock, timeoutMs = usualTimeoutMs, onProblem = () => undefined } = settings
  const { authority, credential } = checked(settings)
  const dispatcher = settings.openDispatcher({
    connectTimeout: timeoutMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  const newClient = msalClients({ authority, credential, clientId, dispatcher, timeoutMs })
  const scope = `${settings.graph.replace(/\/+$/, '')}/.default`
  const nowMs = (): number => millisecondsOf(clock.now())
  const own = applicationTokens(newClient, scope, nowMs, onProblem)
  const close = (): Promise<void> => dispatcher.destroy()

  switch (settings.credential) {
    case 'application':
      return {
        token: ({ tenantId, claims, rejected }) => own.token(tenantId, claims, rejected),
        distrust: own.distrust,
        signIns: noSignIns,
        close,
      }
    case 'delegated': {
      const delegation = delegationOf(settings, { newClient, scope, nowMs, onProblem })
      const onBehalf = delegatedTokens(delegation)
      return {
        token: ({ tenantId, removing, claims, rejected }) =>
          removing === null
            ? own.token(tenantId, claims, rejected)
            : onBehalf(tenantId, removing, claims, rejected),
        distrust: own.distrust,
        signIns: delegatedSignIns(delegation, settings.assertionOf, clock.now),
        close,
      }
    }
  }
}

const checked = (
  settings: CommonSettings,
): { readonly authority: Authority; readonly credential: MsalCredential } => {
  const authority = authorityOf(settings.authorityHost, settings.insecureAuthority ?? false)
  if (E.isLeft(authority)) throw new Error(`No authority to ask: ${authority.left}`)
  const credential = msalCredentialOf(settings.secret)
  if (E.isLeft(credential)) throw new Error(`No credential to ask with: ${credential.left}`)
  return { authority: authority.right, credential: credential.right }
}

const delegationOf = (
  { sealed, keys, clock }: DelegatedSettings,
  parts: {
    readonly newClient: NewMsalClient
    readonly scope: string
    readonly nowMs: () => number
    readonly onProblem: OnProblem
  },
): Delegation => ({
  newClient: parts.newClient,
  scope: parts.scope,
  onProblem: parts.onProblem,
  gateOf: endpointGates(parts.nowMs),
  safe: signInSafe(sealed, keys, clock.now),
  memo: tokenMemo(parts.nowMs),
})
