import type { SignInOptions } from '@lethe/api-contract'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { confirm } from '../confirm.js'
import type { Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'
import { isLoopback } from '../server-address.js'

/** Whose tokens no server of Lethe has a use for. */
const others = [
  'microsoft.com',
  'microsoftonline.com',
  'azure.com',
  'azure.net',
  'windows.net',
  'office.com',
  'office365.com',
]

/**
 * Whether a scope is one of an application of its own, and not of Microsoft Graph or another service of Microsoft's: a bare name, such
 * as `User.Read`, is Graph's.
 */
export const isOfItsOwn = (scope: string): boolean => {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\//i.test(scope))
    // Microsoft's own applications go by such ids, too.
    return !/^0000000[0-9a-f]-0000-0000-c000-000000000000\//i.test(scope)
  const url = URL.parse(scope)
  if (url === null) return false
  if (url.protocol === 'api:') return true
  return (
    url.protocol === 'https:' &&
    !others.some(name => url.hostname === name || url.hostname.endsWith(`.${name}`))
  )
}

/**
 * Makes sure that the operator means a server to have a token: it names the application and the scopes itself, and might name those
 * of another. A server on this machine, and one that a context knows, are trusted.
 */
export const trustServer = (
  io: Io,
  server: string,
  { clientId, scopes }: SignInOptions,
  authority: string,
  isTrusted: boolean,
): TE.TaskEither<SingleRefusal, void> => {
  if (!scopes.every(isOfItsOwn)) return TE.left({ _tag: 'UntrustedAuthority' })
  if (isTrusted || isLoopback(new URL(server).hostname)) return TE.right(undefined)
  return async () => {
    const answer = await confirm(io)([
      `${server} asks for a token, which it will get with each command:`,
      `  you sign in at ${authority}`,
      `  to the application ${clientId}`,
      `  for ${scopes.join(' ')}`,
      'Is that the server of Lethe that you mean?',
    ])()
    return E.isLeft(answer) && answer.left._tag === 'ConfirmationImpossible'
      ? E.left({ _tag: 'ServerNotKnown', server })
      : answer
  }
}
