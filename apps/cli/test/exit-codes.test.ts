import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../src/exit-codes.js'
import { messagesOf } from '../src/refusal-messages.js'
import type { SingleRefusal } from '../src/refusal.js'
import { BatchId } from '@lethe/domain'
import { decoded } from './support/decoded.js'
import { removalRequest } from './support/samples.js'

const answer = { status: 400, code: 'Code', message: 'Message.', why: null, requestId: 'r', retryAfter: null }
const request = removalRequest()

const samples: { readonly [Tag in SingleRefusal['_tag']]: Extract<SingleRefusal, { readonly _tag: Tag }> } = {
  UsageMistake: { _tag: 'UsageMistake', message: 'Message.' },
  ConfirmationImpossible: { _tag: 'ConfirmationImpossible', instead: 'add --force' },
  InsecureServer: { _tag: 'InsecureServer', host: 'lethe.example' },
  NotConfirmed: { _tag: 'NotConfirmed' },
  NoToken: { _tag: 'NoToken' },
  UnknownContext: { _tag: 'UnknownContext', name: 'prod' },
  NotLoggedIn: { _tag: 'NotLoggedIn', context: 'prod' },
  ForeignSignIn: { _tag: 'ForeignSignIn', context: 'prod', server: 'https://x' },
  SignInExpired: { _tag: 'SignInExpired', context: 'prod', code: 'AADSTS50173' },
  SignInUnreachable: { _tag: 'SignInUnreachable' },
  NoSignInOffered: { _tag: 'NoSignInOffered' },
  UntrustedAuthority: { _tag: 'UntrustedAuthority' },
  ServerNotKnown: { _tag: 'ServerNotKnown', server: 'https://x' },
  SignInImpossible: { _tag: 'SignInImpossible' },
  SignInCancelled: { _tag: 'SignInCancelled' },
  SignInFailed: { _tag: 'SignInFailed', code: 'AADSTS50105' },
  UnsafeFile: { _tag: 'UnsafeFile', path: '/x', kind: 'file', problem: 'mode' },
  UnreadableFile: { _tag: 'UnreadableFile', path: '/x' },
  FileFailed: { _tag: 'FileFailed', path: '/x', reason: 'EACCES' },
  BatchOfOther: { _tag: 'BatchOfOther', batch: decoded(BatchId, '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00') },
  TokenExpired: { _tag: 'TokenExpired' },
  MalformedToken: { _tag: 'MalformedToken' },
  Rejected: { _tag: 'Rejected', ...answer },
  NotSignedIn: { _tag: 'NotSignedIn', ...answer },
  NotPermitted: { _tag: 'NotPermitted', ...answer },
  NotFound: { _tag: 'NotFound', ...answer },
  Conflict: { _tag: 'Conflict', ...answer },
  Throttled: { _tag: 'Throttled', ...answer },
  Unavailable: { _tag: 'Unavailable', ...answer },
  ServerFailed: { _tag: 'ServerFailed', ...answer },
  Unreachable: { _tag: 'Unreachable', reason: 'ECONNREFUSED' },
  TimedOut: { _tag: 'TimedOut', afterSeconds: 30 },
  ProxyFailed: { _tag: 'ProxyFailed', variable: 'HTTPS_PROXY', reason: '407' },
  ProxyMalformed: { _tag: 'ProxyMalformed', variable: 'HTTPS_PROXY' },
  UnexpectedAnswer: { _tag: 'UnexpectedAnswer', status: 200, what: 'it is no JSON', requestId: null },
  ForeignNextLink: { _tag: 'ForeignNextLink', origin: 'https://x' },
  HistoryBroken: { _tag: 'HistoryBroken', position: null, reason: null },
  RemovalFailed: { _tag: 'RemovalFailed', request },
  EndedOtherwise: { _tag: 'EndedOtherwise', request },
  WaitRanOut: { _tag: 'WaitRanOut', request, seconds: 300 },
  FileUnusable: { _tag: 'FileUnusable', path: 'x.csv', reason: 'ENOENT' },
  ResultsOfOther: { _tag: 'ResultsOfOther', path: 'x.csv', differs: 'received' },
  FileChanged: { _tag: 'FileChanged', row: 1 },
  LeftOver: { _tag: 'LeftOver', count: 1, path: 'x.csv' },
  MayNot: { _tag: 'MayNot', operation: 'submit' },
  BatchIsOther: { _tag: 'BatchIsOther' },
  NotAllDecided: { _tag: 'NotAllDecided', reasons: [{ reason: 'WrongState', count: 1 }] },
  Interrupted: { _tag: 'Interrupted' },
  OutputClosed: { _tag: 'OutputClosed' },
  OutputFailed: { _tag: 'OutputFailed', reason: 'ENOSPC' },
  GraphSettingsWrong: { _tag: 'GraphSettingsWrong', mistakes: ['LETHE_GRAPH_URL: expected'] },
  GraphCredentialMissing: { _tag: 'GraphCredentialMissing' },
  GraphTokenOfAnotherTenant: { _tag: 'GraphTokenOfAnotherTenant', readable: true },
  GraphSignInRequired: { _tag: 'GraphSignInRequired' },
  GraphRefused: { _tag: 'GraphRefused' },
  GraphUnavailable: { _tag: 'GraphUnavailable', retryAfterSeconds: 3 },
  GraphProfileNotFound: { _tag: 'GraphProfileNotFound' },
  GraphProfileNotInbound: { _tag: 'GraphProfileNotInbound' },
  GraphStillPresent: { _tag: 'GraphStillPresent', seconds: 300 },
  GraphOutcomeUnknown: { _tag: 'GraphOutcomeUnknown' },
  GraphRemovalFailed: { _tag: 'GraphRemovalFailed', reason: 'stillPresent' },
  GraphRemovalInterrupted: { _tag: 'GraphRemovalInterrupted' },
  GraphConfirmationImpossible: { _tag: 'GraphConfirmationImpossible' },
  GraphNotConfirmed: { _tag: 'GraphNotConfirmed' },
  GraphSignInElsewhere: { _tag: 'GraphSignInElsewhere' },
  LocalHistoryUnusable: { _tag: 'LocalHistoryUnusable', reason: 'failed', code: 'EACCES' },
  LocalHistoryBusy: { _tag: 'LocalHistoryBusy' },
  LocalHistoryBroken: { _tag: 'LocalHistoryBroken', position: 2, reason: 'contentDiffers' },
}

describe('the exit code', () => {
  it('is as published', () => {
    const byCode = Map.groupBy(Object.values(samples), exitCodeOf)
    expect([...byCode.keys()].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 130])
    expect(byCode.get(3)?.map(({ _tag }) => _tag)).toEqual(['NotFound', 'GraphProfileNotFound'])
    expect(byCode.get(4)?.map(({ _tag }) => _tag)).toEqual([
      'NoToken',
      'NotLoggedIn',
      'ForeignSignIn',
      'SignInExpired',
      'NoSignInOffered',
      'UntrustedAuthority',
      'SignInCancelled',
      'SignInFailed',
      'UnsafeFile',
      'BatchOfOther',
      'TokenExpired',
      'MalformedToken',
      'NotSignedIn',
      'NotPermitted',
      'MayNot',
      'GraphCredentialMissing',
      'GraphTokenOfAnotherTenant',
      'GraphSignInRequired',
      'GraphRefused',
      'GraphSignInElsewhere',
    ])
    expect(byCode.get(5)?.map(({ _tag }) => _tag)).toEqual([
      'SignInUnreachable',
      'Throttled',
      'Unavailable',
      'Unreachable',
      'TimedOut',
      'ProxyFailed',
      'GraphUnavailable',
      'LocalHistoryBusy',
    ])
  })

  it.each([
    [['NotFound', 'NotFound'], 3],
    [['NotSignedIn', 'NotPermitted'], 4],
    [['NotFound', 'NotPermitted'], 1],
    [['NotFound', 'Interrupted'], 130],
  ] as const)('of %j together is %i', (tags, expected) => {
    const refusals = tags.map(tag => ({ subject: 'x', refusal: samples[tag] }))
    expect(exitCodeOf({ _tag: 'SeveralRefused', refusals })).toBe(expected)
  })
})

describe('the message', () => {
  it.each(Object.values(samples))('of $_tag is a line, or none where silence is the answer', refusal => {
    const messages = messagesOf(refusal)
    expect(messages).toHaveLength(refusal._tag === 'OutputClosed' ? 0 : 1)
    for (const message of messages) expect(message).toMatch(/^\S[^\n]*$/)
  })
})
