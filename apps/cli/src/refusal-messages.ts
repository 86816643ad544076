import { directoryRole } from '@lethe/domain'
import { graphMessageOf } from './graph/graph-refusal-message.js'
import { isGraphRefusal } from './graph/graph-refusal.js'
import { platformProblem } from './platform-problem.js'
import type { Refusal, ServerAnswer, SingleRefusal } from './refusal.js'
import { fileMessage, signInMessage } from './sign-in/messages.js'

/**
 * What a refusal says to the operator, a line for each thing that went wrong; none where silence is the answer.
 * Holds no token and nobody's data, but what the server itself put into its message.
 */
export const messagesOf = (refusal: Refusal): ReadonlyArray<string> =>
  refusal._tag === 'SeveralRefused'
    ? refusal.refusals.flatMap(({ subject, refusal: each }) =>
        linesOf(each).map(line => `${subject}: ${line}`),
      )
    : linesOf(refusal)

const linesOf = (refusal: SingleRefusal): ReadonlyArray<string> => {
  if (isGraphRefusal(refusal)) return [graphMessageOf(refusal)]
  switch (refusal._tag) {
    case 'UsageMistake':
      return [refusal.message]
    case 'NoToken':
      return ['Nobody is signed in. Run lethe login, or put an access token for Lethe into LETHE_TOKEN.']
    case 'UnknownContext':
    case 'NotLoggedIn':
    case 'ForeignSignIn':
    case 'SignInExpired':
    case 'SignInUnreachable':
    case 'NoSignInOffered':
    case 'UntrustedAuthority':
    case 'ServerNotKnown':
    case 'SignInImpossible':
    case 'SignInCancelled':
    case 'SignInFailed':
      return [signInMessage(refusal)]
    case 'UnsafeFile':
    case 'UnreadableFile':
    case 'FileFailed':
      return [fileMessage(refusal)]
    case 'MalformedToken':
      return [
        'LETHE_TOKEN does not hold an access token: it is empty or has spaces or control characters in it. Put the token into it anew, without the word Bearer.',
      ]
    case 'TokenExpired':
      return ['The token in LETHE_TOKEN has expired. Sign in again and put the new one into it.']
    case 'InsecureServer':
      return [
        `${refusal.host} would get the token over plain http, readable on the way: use https (http is for this machine only).`,
      ]
    case 'ConfirmationImpossible':
      return [`There is no terminal to ask for confirmation: ${refusal.instead}.`]
    case 'NotConfirmed':
      return ['Not confirmed: nothing was done. To go on, give the command again and answer y.']
    case 'Rejected':
      return [`${sayingOf(refusal)} Mend the value that it is about; --help has examples.`]
    case 'NotPermitted':
      return [`${sayingOf(refusal)} ${nextStep(refusal, 'lethe whoami shows what you may do.')}`]
    case 'NotFound':
      return [
        `${sayingOf(refusal)} Look for the id with lethe requests list, lethe batches list or lethe profiles list.`,
      ]
    case 'Conflict':
      return [`${sayingOf(refusal)} ${nextStep(refusal, 'lethe requests show tells how it stands.')}`]
    case 'ServerFailed':
      return [`${sayingOf(refusal)} Give the request-id to whoever runs Lethe: their log has the cause.`]
    case 'NotSignedIn':
      return [`${sayingOf(refusal)} Sign in again: lethe login, or a new token in LETHE_TOKEN.`]
    case 'Throttled':
    case 'Unavailable':
      return [`${sayingOf(refusal)} Try again later.`]
    case 'Unreachable':
      return [
        `The server cannot be reached (${refusal.reason}). Is the address in --server or LETHE_SERVER right? lethe doctor looks for the cause.`,
      ]
    case 'TimedOut':
      return [
        `The server did not answer within ${refusal.afterSeconds} s. Try again later: repeating is safe.`,
      ]
    case 'ProxyFailed':
      return [
        `The proxy of ${refusal.variable} failed (${refusal.reason}), so that the server was not reached. lethe doctor looks for the cause.`,
      ]
    case 'ProxyMalformed':
      return [
        `${refusal.variable} does not hold the http or https URL of a proxy. Correct it, such as to http://proxy.example:8080, or unset it.`,
      ]
    case 'UnexpectedAnswer':
      return [
        `The server's answer is not one of Lethe's (${refusal.status}${tracing(refusal.requestId)}): ${refusal.what}. lethe doctor looks for the cause.`,
      ]
    case 'ForeignNextLink':
      return [
        `The next page is on ${refusal.origin}, another server, which must not get the token. Give that address to --server if it is the right one.`,
      ]
    case 'HistoryBroken':
      return [brokenHistory(refusal.position, refusal.reason)]
    case 'RemovalFailed':
      return [
        `Request ${refusal.request.id}: the removal failed${inBrackets(refusal.request.failure?.reason)}. Once the cause is gone: lethe requests retry.`,
      ]
    case 'EndedOtherwise':
      if (refusal.request.state === 'unreadable')
        return [
          `Request ${refusal.request.id}: its history cannot be read, or was changed, so nothing is done with it. Tell the operator of Lethe: lethe-api check says more.`,
        ]
      return [
        `Request ${refusal.request.id}: ended ${refusal.request.state}${inBrackets(refusal.request.denial?.code ?? refusal.request.abandonment?.code)}. lethe requests history tells by whom and when.`,
      ]
    case 'WaitRanOut':
      return [
        `Request ${refusal.request.id}: still ${refusal.request.state} after ${refusal.seconds} s; it goes on without this command. lethe requests watch follows it.`,
      ]
    case 'FileUnusable':
      return [`${refusal.path}: the file cannot be used (${platformProblem(refusal.reason)}).`]
    case 'ResultsOfOther':
      return [`${refusal.path} is there, and ${otherResults(refusal.differs)}`]
    case 'FileChanged':
      return [
        `The file has changed since: id ${refusal.row} was another one. Restore it, or begin anew with --results and another file.`,
      ]
    case 'LeftOver':
      return [
        `${refusal.count} of the ids came to nothing${refusal.path === null ? '' : `: see the outcomes in ${refusal.path}`}.`,
      ]
    case 'MayNot':
      return [`You may not ${refusal.operation} here, says the server. lethe whoami shows what you may do.`]
    case 'BatchIsOther':
      return [
        'The batch is not the one of that digest: requests were added to it. Look at it again: lethe batches show.',
      ]
    case 'BatchOfOther':
      return [
        `Batch ${refusal.batch} is somebody else's, who alone adds to it. Leave out --batch for one of your own, with another file of results (--results).`,
      ]
    case 'NotAllDecided':
      return [
        `Some requests of the batch were left as they are: ${refusal.reasons.map(({ reason, count }) => `${reason} (${count})`).join(', ')}.`,
      ]
    case 'Interrupted':
      return ['Interrupted.']
    case 'OutputClosed':
      return []
    case 'OutputFailed':
      return [`The output is not whole: it cannot be written (${platformProblem(refusal.reason)}).`]
  }
}

const otherResults = (
  differs: Extract<SingleRefusal, { readonly _tag: 'ResultsOfOther' }>['differs'],
): string => {
  switch (differs) {
    case 'kind':
      return 'is not a file of results: name another one with --results.'
    case 'batch':
      return 'has the results of another batch: leave out --batch to go on with that one, or name another file with --results.'
    case 'server':
      return 'has the results of another server: go on there, or name another file with --results for a batch of its own.'
    case 'tenant':
      return 'has the results of another tenant: go on there, or name another file with --results for a batch of its own.'
    case 'received':
      return 'has the results of a run with another --received: give the same one to go on, or name another file with --results for a batch of its own.'
  }
}

const askFor = (what: string): string =>
  `You lack ${what}. Ask an administrator of Entra for it, and sign in again.`

/** What a reason of the server means to the operator, and what they do next, by the word for it and by what is missing. */
const whyAndWhatToDo = new Map<string, (missing: string) => string>([
  ['selfApproval', () => 'You asked for this removal yourself. Another approver has to approve it.'],
  [
    'guestNotAllowed',
    () => 'You are a guest of the tenant, and guests may not do this. An approver who is a member may.',
  ],
  ['scopeMissing', missing => askFor(`the permission ${missing}`)],
  ['appRoleMissing', missing => askFor(`the app role ${missing}`)],
  ['directoryRoleMissing', missing => askFor(`the directory role ${nameOfRole(missing)}`)],
  [
    'requiredRoleMissing',
    () => 'You lack an app role that this server wants of everybody. Ask its operator which one.',
  ],
  [
    'callerKindNotSupported',
    () => 'This is for people. Sign in with a work or school account of the tenant: lethe login.',
  ],
  [
    'agentNotAllowed',
    () => 'You are an agent, and agents may not do this. A person with the app role of an approver may.',
  ],
  ['notBatchMaker', () => 'Somebody else made the batch. Leave --batch out to begin one of your own.'],
  ['nothingWaits', () => 'lethe batches show tells how it stands.'],
  ['batchChanged', () => 'Look at it again: lethe batches show.'],
  ['batchClosed', () => 'Leave --batch out to begin another one.'],
  ['requestUnreadable', () => 'Tell the operator of Lethe.'],
  ['subjectDiffers', () => 'Tell the operator of Lethe.'],
  ['notSubmitter', () => 'Another person asked for it. They or an approver can withdraw it.'],
  ['joinedByOthers', () => 'Others asked for it too. An approver can withdraw it.'],
  ['notInbound', () => 'The person belongs to your own tenant. Lethe removes inbound shared users only.'],
  ['callerUnrecognised', () => 'The token does not say who you are. Sign in again: lethe login.'],
  ['holderCalled', () => 'lethe requests retry resumes it, lethe requests close ends it.'],
  ['noHolderCalled', () => 'lethe requests retry resumes it, lethe requests withdraw ends it.'],
])

/** @param otherwise what to do where the server names no reason, or one that this version does not know. */
const nextStep = ({ why }: ServerAnswer, otherwise: string): string =>
  whyAndWhatToDo.get(why?.reason ?? '')?.(why?.missing ?? '') ?? otherwise

const nameOfRole = (templateId: string): string =>
  templateId === directoryRole.globalAdministrator ? 'Global Administrator' : templateId

const sayingOf = ({ status, code, message, requestId }: ServerAnswer): string =>
  `${message} (${status}${code === null ? '' : ` ${code}`}${tracing(requestId)})`

const tracing = (requestId: string | null): string => (requestId === null ? '' : `, request-id ${requestId}`)

const inBrackets = (detail: string | undefined): string => (detail === undefined ? '' : ` (${detail})`)

const brokenHistory = (position: number | null, reason: string | null): string =>
  `The history is NOT intact${position === null ? '' : `, from event ${position} on`}${inBrackets(reason ?? undefined)}. Keep this output, and tell whoever audits Lethe.`
