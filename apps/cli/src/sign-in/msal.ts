import type { AuthenticationResult, PublicClientApplication } from '@azure/msal-node'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Io } from '../io.js'
import { interrupted, type SingleRefusal } from '../refusal.js'
import { readAuthority } from './authority.js'
import type { KeptSignIn, SignInSource } from './kept-sign-in.js'
import { scopeKey } from './kept-sign-in.js'
import { msalNetwork } from './msal-network.js'

/** Why MSAL gave no token. */
export type MsalRefusal = Extract<
  SingleRefusal,
  {
    readonly _tag:
      | 'Interrupted'
      | 'SignInUnreachable'
      | 'ProxyFailed'
      | 'ProxyMalformed'
      | 'SignInFailed'
      | 'SignInCancelled'
      | 'SignInExpired'
      | 'UntrustedAuthority'
  }
>

/** One use of MSAL's client. */
export interface MsalUse {
  readonly io: Pick<Io, 'fetch' | 'interrupted' | 'sleep'>
  readonly source: SignInSource
  readonly context: string
  readonly scopes: ReadonlyArray<string>
  /** The sign-in before; null for a new one. */
  readonly before: KeptSignIn | null
}

/** Asks MSAL's client for a token. MSAL is loaded here, and nowhere else: it takes a while. */
export const withMsal = (
  use: MsalUse,
  ask: (client: PublicClientApplication) => Promise<AuthenticationResult | null>,
): TE.TaskEither<MsalRefusal, KeptSignIn> =>
  pipe(
    TE.fromEither(readAuthority(use.source.authority)),
    TE.mapLeft((): MsalRefusal => ({ _tag: 'UntrustedAuthority' })),
    TE.flatMap(authority => async (): Promise<E.Either<MsalRefusal, KeptSignIn>> => {
      const {
        AuthError,
        InteractionRequiredAuthError,
        PublicClientApplication: Client,
      } = await import('@azure/msal-node')
      const network = msalNetwork(use.io, authority)
      const client = new Client({
        auth: {
          clientId: use.source.clientId,
          authority: authority.url,
          knownAuthorities: [authority.knownHost],
          ...(authority.metadata === null ? {} : { authorityMetadata: authority.metadata }),
        },
        system: { networkClient: network.module },
      })
      try {
        if (use.before !== null && !restored(client, use.before.cache)) return E.left(expired(use, null))
        return keptFrom(use, await ask(client), client.getTokenCache().serialize())
      } catch (error) {
        if (use.io.interrupted.aborted) return E.left(interrupted)
        const problem = network.problem()
        if (problem !== null) return E.left(problem)
        const refusal = network.deviceRefusal()
        if (refusal !== null) return E.left({ _tag: 'SignInFailed', code: refusal })
        if (use.before !== null && (error instanceof InteractionRequiredAuthError || isGrantRefused(error)))
          return E.left(expired(use, numberOf(error)))
        if (error instanceof AuthError) return E.left(failed(error))
        throw error
      }
    }),
  )

const expired = ({ context }: MsalUse, code: string | null): MsalRefusal => ({
  _tag: 'SignInExpired',
  context,
  code,
})

/** Whether MSAL could read what it once wrote. */
const restored = (client: PublicClientApplication, cache: string): boolean =>
  pipe(
    E.tryCatch(
      () => client.getTokenCache().deserialize(cache),
      () => null,
    ),
    E.isRight,
  )

/**
 * Whether a refresh token is not good any more (RFC 6749, 5.2). MSAL takes that for a matter of signing in again only where a suberror of
 * Entra's says so, which is not there for one that was not used for too long (AADSTS700082).
 */
const isGrantRefused = (error: unknown): error is Error =>
  error instanceof Error && 'errorCode' in error && error.errorCode === 'invalid_grant'

const keptFrom = (
  use: MsalUse,
  result: AuthenticationResult | null,
  cache: string,
): E.Either<MsalRefusal, KeptSignIn> => {
  const { source, scopes, before } = use
  const account = result?.account ?? null
  if (result === null || account === null)
    return E.left(before === null ? { _tag: 'SignInFailed', code: 'no_account' } : expired(use, null))
  const { homeAccountId, tenantId, username } = account
  return E.right({
    source,
    account: { homeAccountId, tenantId, username },
    tokens: { ...before?.tokens, [scopeKey(scopes)]: result.accessToken },
    cache,
  })
}

const Numbered = t.type({ errorNo: t.union([t.string, t.number]) })

/** Entra's number; the description stays unsaid, for it may name people. */
const numberOf = (error: Error): string | null => {
  if (Numbered.is(error) && /^\d{1,12}$/.test(String(error.errorNo))) return `AADSTS${error.errorNo}`
  return /\bAADSTS\d{1,12}\b/.exec(error.message)?.[0] ?? null
}

/** What means that the person, or the time, ended a sign-in. Source: RFC 6749, 4.1.2.1; RFC 8628, 3.5; MSAL. */
const ended = [
  'access_denied',
  'authorization_declined',
  'expired_token',
  'device_code_expired',
  'code_expired',
]

/** How MSAL ends a device's questions where the issuer does not know the code any more (RFC 6749, 5.2). */
const codeUnknown = 'post_request_failed: invalid_grant'

const failed = (error: Error & { readonly errorCode: string }): MsalRefusal => {
  const said = [error.errorCode, error.message]
  if (error.message.startsWith(codeUnknown)) return { _tag: 'SignInCancelled' }
  if (
    ended.some(code =>
      said.some(text => text === code || text.startsWith(`${code}:`) || text.endsWith(`: ${code}`)),
    )
  )
    return { _tag: 'SignInCancelled' }
  return {
    _tag: 'SignInFailed',
    code: numberOf(error) ?? error.errorCode.replaceAll(/[^\w-]/g, '').slice(0, 60),
  }
}
