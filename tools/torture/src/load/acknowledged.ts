import { RemovalRequestResource } from '@lethe/api-contract'
import { RemovalRequestId, type UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { KnownRequest, Submission } from './acts.js'
import { type Answer, isAcknowledged, requestIn } from './api-client.js'

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
