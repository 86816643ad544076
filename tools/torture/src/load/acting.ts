import {
  actionPath,
  batchActionPath,
  batchPathOf,
  historyPath,
  identityPath,
  ownBatchPath,
  ownRequests,
  removalRequestPath,
  removalRequestsPath,
} from '@lethe/api-contract'
import type { TenantId, UserId } from '@lethe/domain'
import { graphRoot, profilePath, profilesPath, removePersonalDataPath } from '@lethe/graph-contract'
import type { Issuer } from '../world/issuer.js'
import type { Act, Submission } from './acts.js'
import { type Answer, type Call, send } from './api-client.js'

const twoMonths = 61 * 86_400_000

/** Does in one call what a client wants. */
export const doAct = (
  act: Act,
  port: number,
  { tokenOf }: Pick<Issuer, 'tokenOf'>,
): Promise<Answer | null> => {
  return send({ port, token: tokenOf(tenantOf(act), act.by), ...callOf(act) })
}

const tenantOf = (act: Act): TenantId => {
  switch (act.kind) {
    case 'submit':
    case 'read':
      return act.tenantId
    case 'decide':
      return act.request.tenantId
    case 'preview':
    case 'actOnBatch':
      return act.batch.tenantId
    case 'decideBatch':
      return act.shown.tenantId
  }
}

const callOf = (act: Act): Pick<Call, 'method' | 'path' | 'body'> => {
  switch (act.kind) {
    case 'submit':
      return submissionOf(act)
    case 'decide':
      return {
        method: 'POST',
        path: actionPath(act.request.requestId, act.route),
        ...bodyOf[act.route],
      }
    case 'preview':
      return { method: 'GET', path: batchPathOf(act.batch.id) }
    case 'actOnBatch':
      return {
        method: 'POST',
        path: batchActionPath(act.batch.id, act.route === 'retryBatch' ? 'retry' : 'withdraw'),
      }
    case 'decideBatch': {
      const { id, digest } = act.shown
      return act.route === 'approveBatch'
        ? { method: 'POST', path: batchActionPath(id, 'approve'), body: { digest } }
        : { method: 'POST', path: batchActionPath(id, 'deny'), body: { digest, code: 'duplicate' } }
    }
    case 'read':
      return { method: 'GET', path: pathOf(act) }
  }
}

const bodyOf: Record<Extract<Act, { readonly kind: 'decide' }>['route'], { readonly body?: object }> = {
  approve: {},
  deny: { body: { code: 'legalClaims', note: 'They are in court.' } },
  withdraw: {},
  retry: {},
  close: { body: { code: 'other', note: 'It was removed by hand.' } },
}

const submissionOf = (act: Submission): Pick<Call, 'method' | 'path' | 'body'> => {
  const [subject] = act.subjects
  if (subject === undefined) throw new Error('A submission is about somebody')
  switch (act.route) {
    case 'removePersonalData':
      return { method: 'POST', path: `${graphRoot}${removePersonalDataPath(subject)}` }
    case 'submit': {
      const receivedDateTime = new Date(Date.now() - twoMonths).toISOString()
      return {
        method: 'POST',
        path: removalRequestsPath,
        body: { ...inputOf(act, subject), ...(act.overdue ? { receivedDateTime } : {}) },
      }
    }
    case 'batch':
      return {
        method: 'POST',
        path: `${graphRoot}/$batch`,
        body: {
          requests: act.subjects.map((userId, index) => ({
            id: String(index),
            method: 'POST',
            url: removePersonalDataPath(userId),
            headers: { 'Content-Type': 'application/json' },
          })),
        },
      }
    case 'ownBatch':
      return {
        method: 'POST',
        path: ownBatchPath,
        body: {
          requests: act.subjects.map((userId, index) => ({
            id: String(index),
            method: 'POST',
            url: ownRequests,
            headers: { 'Content-Type': 'application/json' },
            body: inputOf(act, userId),
          })),
        },
      }
  }
}

/** What is posted for one of the subjects of a submission. */
const inputOf = ({ batch }: Submission, userId: UserId) => ({
  userId,
  ...(batch === null ? {} : { batchId: batch }),
})

const pathOf = ({ route, request }: Extract<Act, { readonly kind: 'read' }>): string => {
  switch (route) {
    case 'profile':
      return request === null ? identityPath : `${graphRoot}${profilePath(request.subject)}`
    case 'profiles':
      return `${graphRoot}${profilesPath}`
    case 'list':
      return `${removalRequestsPath}?state=failed&$top=20`
    case 'get':
      return request === null ? identityPath : removalRequestPath(request.requestId)
    case 'history':
      return request === null ? identityPath : historyPath(request.requestId)
    case 'me':
      return identityPath
  }
}
