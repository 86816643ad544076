import type { SignInOptions } from '@lethe/api-contract'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { confirm } from '../confirm.js'
import type { Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'
import { isLoopback } from '../server-address.js'
import { type KeptSignIn, scopeKey } from './kept-sign-in.js'

/** Whose tokens no server of Lethe has a use for. */
const others = [
  'microsoft.com',
  'microsoftonline.com',
  'azure.com',
  'azure.net',
  'windows.net',
  'office.com',
  'office365.com',
  'sharepoint.com',
  'dynamics.com',
  'powerapps.com',
  'powerplatform.com',
  'skype.com',
  'microsoft.us',
  'azure.us',
  'usgovcloudapi.net',
  'azure.cn',
  'chinacloudapi.cn',
]

/**
 * Whether a scope is one of an application of its own, and not of Microsoft Graph or another service of Microsoft's: a bare name, such
 * as `User.Read`, is Graph's.
 */
export const isOfItsOwn = (scope: string): boolean => {
  // A blank would make two scopes of it, of which only the first is looked at.
  if (/\s/.test(scope)) return false
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\//i.test(scope))
    // Microsoft's own applications go by such ids, too.
    return !/^0000000[0-9a-f]-0000-0000-c000-000000000000\//i.test(scope)
  const url = URL.parse(scope)
  if (url === null) return false
  if (url.protocol === 'api:') return true
  const host = url.hostname.replace(/\.+$/, '')
  return url.protocol === 'https:' && !others.some(name => host === name || host.endsWith(`.${name}`))
}

/** Whether a server asks for what it asked for at the last sign-in. It may have fallen to somebody else since. */
export const asksTheSame = (
  { clientId, scopes }: SignInOptions,
  authority: string,
  { source }: KeptSignIn,
): boolean =>
  clientId === source.clientId &&
  scopeKey(scopes) === scopeKey(source.scopes) &&
  new URL(authority).origin === new URL(source.authority).origin

/**
 * Makes sure that the operator means a server to have a token: it names the application and the scopes itself, and might name those
 * of another. A server on this machine is trusted, and one
 * that a context knows, unless it asks for something else than before.
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
