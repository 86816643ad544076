import { type CredentialSourceMistake, graphTokens, readCredential } from '@lethe/adapter-entra'
import type { TokenSource } from '@lethe/adapter-graph'
import { openNetwork } from '@lethe/adapter-system/network'
import type { Clock } from '@lethe/application'
import { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { decodeJwt } from 'jose'
import type { GraphRefusal } from '../refusal.js'
import type { GraphSettings } from './settings.js'

/** Tokens for Graph, and how to be done with where they come from. */
export interface OpenTokens {
  readonly tokens: TokenSource
  /** Whether the tenant is only what the token says of itself: nobody checked the signature. */
  readonly tenantUnverified: boolean
  readonly close: () => Promise<void>
}

/**
 * Finds out where tokens come from; none is asked for yet.
 *
 * @param onProblem is told why the issuer could not be reached, as a code; null where it was.
 */
export const openTokens = async (
  settings: GraphSettings,
  clock: Clock,
  onProblem: (network: string | null) => void,
): Promise<E.Either<GraphRefusal, OpenTokens>> => {
  const { credential, tenantId } = settings
  switch (credential.kind) {
    case 'none':
      return E.left({ _tag: 'GraphCredentialMissing' })
    case 'token':
      return tokensOfOne(credential.token, tenantId)
    case 'application': {
      const secret = await readCredential(credential.source)
      if (E.isLeft(secret)) return E.left({ _tag: 'GraphSettingsWrong', mistakes: [expected[secret.left]] })
      if (secret.right.kind === 'secret' && secret.right.secret === '')
        return E.left({ _tag: 'GraphCredentialMissing' })
      const tokens = graphTokens({
        credential: 'application',
        clientId: credential.clientId,
        secret: secret.right,
        authorityHost: settings.authority,
        insecureAuthority: true,
        graph: settings.audience,
        clock,
        openDispatcher: openNetwork(settings.proxies).openDispatcher,
        onProblem: ({ network }) => onProblem(network),
      })
      return E.right({ tokens: tokens.token, tenantUnverified: false, close: tokens.close })
    }
  }
}

const expected: Record<CredentialSourceMistake, string> = {
  federatedTokenFileUnreadable: 'LETHE_GRAPH_FEDERATED_TOKEN_FILE: expected a file that can be read',
  certificateFileUnusable:
    'LETHE_GRAPH_CERTIFICATE_FILE: expected a PEM file with an RSA key without a passphrase, and its certificate',
}

const Claims = t.type({ tid: TenantId })

/** A token that is there cannot be had anew: what Graph asks for beyond it takes a person. */
const tokensOfOne = (token: string, tenantId: TenantId): E.Either<GraphRefusal, OpenTokens> => {
  const claims = pipe(
    O.tryCatch((): unknown => decodeJwt(token)),
    O.flatMap(read => O.fromEither(Claims.decode(read))),
  )
  return O.isSome(claims) && claims.value.tid === tenantId
    ? E.right({
        tokens: request =>
          request.claims === null && request.tenantId === tenantId
            ? TE.right(token)
            : TE.left({ _tag: 'SignInRequired' }),
        tenantUnverified: true,
        close: () => Promise.resolve(),
      })
    : E.left({ _tag: 'GraphTokenOfAnotherTenant', readable: O.isSome(claims) })
}
