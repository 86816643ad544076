import type { FileRefusal } from '../io.js'
import { platformProblem } from '../platform-problem.js'
import type { ContextRefusal, LoginRefusal, SignInRefusal } from './refusal.js'

/** What a refusal about signing in says to the operator, and what to do next. */
export const signInMessage = (refusal: SignInRefusal | ContextRefusal | LoginRefusal): string => {
  switch (refusal._tag) {
    case 'UnknownContext':
      return `There is no context ${refusal.name}. lethe context list shows those there are; lethe context set makes one.`
    case 'NotLoggedIn':
      return `Nobody is signed in to the context ${refusal.context}. Run lethe login --context ${refusal.context}.`
    case 'ForeignSignIn':
      return `The sign-in of the context ${refusal.context} is for another server than ${refusal.server}, which must not get it. Run lethe login --server ${refusal.server}.`
    case 'SignInExpired':
      return `The sign-in of the context ${refusal.context} is not good any more${inBrackets(refusal.code)}. Run lethe login --context ${refusal.context}.`
    case 'SignInUnreachable':
      return 'The place where people sign in does not answer. Try again later.'
    case 'NoSignInOffered':
      return 'This server offers no sign-in: whoever runs it can set LETHE_CLI_CLIENT_ID. Until then put an access token for Lethe into LETHE_TOKEN.'
    case 'UntrustedAuthority':
      return 'The server sends people to sign in at an address that is not https, or for a token of another service. Is --server or LETHE_SERVER right?'
    case 'ServerNotKnown':
      return `No context knows ${refusal.server} yet, or it asks for another token than before, and there is no terminal to ask whether it may have a token. If it is the right one: lethe login --force.`
    case 'SignInImpossible':
      return 'There is no terminal to show where to sign in. Add --no-browser or --device-code to have it written to stderr all the same.'
    case 'SignInCancelled':
      return 'The sign-in was cancelled, or took too long. Nothing was changed; run the same command to try again.'
    case 'SignInFailed':
      return `The sign-in failed (${refusal.code}). Look the code up at https://login.microsoftonline.com/error, or ask your administrator.`
  }
}

/** What a refusal about a file says, and how to mend it. */
export const fileMessage = (refusal: FileRefusal): string => {
  switch (refusal._tag) {
    case 'UnsafeFile':
      return refusal.problem === 'owner'
        ? `The ${refusal.kind} ${refusal.path} is somebody else's, and not used. Move it away.`
        : `The ${refusal.kind} ${refusal.path} is open to others, and not used. If nobody has touched it: chmod ${refusal.kind === 'file' ? '600' : '700'} ${refusal.path}`
    case 'UnreadableFile':
      return `The file ${refusal.path} does not hold what lethe wrote. Mend it, or delete it and sign in again.`
    case 'FileFailed':
      return `The file ${refusal.path} cannot be read or written (${platformProblem(refusal.reason)}).`
  }
}

const inBrackets = (detail: string | null): string => (detail === null ? '' : ` (${detail})`)
