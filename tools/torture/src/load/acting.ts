import {
  actionPath,
  batchActionPath,
  batchPathOf,
  historyPath,
  identityPath,
  ownBatchPath,
  ownRequests,
  removalRequestPath,
  RemovalRequestResource,
  removalRequestsPath,
} from '@lethe/api-contract'
import { RemovalRequestId, type TenantId, type UserId } from '@lethe/domain'
import { graphRoot, profilePath, profilesPath, removePersonalDataPath } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Issuer } from '../world/issuer.js'
import type { Act, KnownRequest } from './acts.js'
import { type Answer, type Call, isAcknowledged, requestIn, send } from './api-client.js'

type Submission = Extract<Act, { readonly kind: 'submit' }>

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
        ...(act.route === 'deny' ? { body: { code: 'legalClaims', note: 'They are in court.' } } : {}),
      }
    case 'preview':
      return { method: 'GET', path: batchPathOf(act.batch.id) }
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

const BatchAnswer = t.type({
  responses: t.readonlyArray(
    t.type({
      id: t.string,
      status: t.number,
      headers: t.union([t.record(t.string, t.string), t.undefined]),
      body: t.unknown,
    }),
  ),
})

/** Whether some of what was sent in one call is to be sent again: a client sends all of it. */
export const isHalfDone = (answer: Answer | null): boolean => {
  const batch = BatchAnswer.decode(answer?.json)
  return E.isRight(batch) && batch.right.responses.some(({ status }) => status === 429 || status >= 500)
}

/** The requests that an answer to a submission acknowledges. */
export const acknowledgedIn = (act: Submission, answer: Answer | null): ReadonlyArray<KnownRequest> => {
  if (!isAcknowledged(answer)) return []
  const [subject] = act.subjects
  switch (act.route) {
    case 'removePersonalData':
      return knownAt(act, subject, answer.operationLocation)
    case 'submit': {
      const request = requestIn(answer)
      return request === null ? [] : knownAt(act, subject, request.id)
    }
    case 'batch': {
      const batch = BatchAnswer.decode(answer.json)
      if (E.isLeft(batch)) return []
      return batch.right.responses.flatMap(({ id, status, headers }) =>
        status === 204 ? knownAt(act, act.subjects[Number(id)], locationIn(headers ?? {})) : [],
      )
    }
    case 'ownBatch': {
      const batch = BatchAnswer.decode(answer.json)
      if (E.isLeft(batch)) return []
      return batch.right.responses.flatMap(({ id, status, body }) => {
        const request = RemovalRequestResource.decode(body)
        return (status === 200 || status === 201) && E.isRight(request)
          ? knownAt(act, act.subjects[Number(id)], request.right.id)
          : []
      })
    }
  }
}

/** The names of headers have no case. */
const locationIn = (headers: Readonly<Record<string, string>>): string | null =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === 'operation-location')?.[1] ?? null

/** @param location that ends with the id of the request. */
const knownAt = (
  { tenantId, batch }: Pick<KnownRequest, 'tenantId' | 'batch'>,
  subject: UserId | undefined,
  location: string | null,
): ReadonlyArray<KnownRequest> => {
  const requestId = RemovalRequestId.decode(location?.split('/').at(-1))
  if (subject === undefined || E.isLeft(requestId))
    throw new Error('A submission was acknowledged without saying which request it is')
  return [{ tenantId, subject, batch, requestId: requestId.right }]
}
