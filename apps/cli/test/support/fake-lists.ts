import {
  parseRemovalRequestListOptions,
  RemovalRequestCollection,
  type RemovalRequestResource,
  writeRemovalRequestListOptions,
} from '@lethe/api-contract'
import {
  graphErrors,
  parseProfileListOptions,
  type ProfileResource,
  writeProfilePage,
} from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { type Answer, errorAnswer, type Received } from './answers.js'

/** What lists are made from. */
interface Listed {
  readonly url: string
  /** How many are on a page where nobody says. */
  readonly pageSize: number
  readonly profiles: ReadonlyArray<ProfileResource>
  /** The newest first. */
  readonly requests: ReadonlyArray<RemovalRequestResource>
}

export const listProfiles = ({ url, pageSize, profiles }: Listed, { query }: Received): Answer => {
  const options = parseProfileListOptions([...query])
  if (E.isLeft(options)) return errorAnswer(graphErrors.badRequest(options.left.message))
  const from = Number(query.get('$skiptoken') ?? '0')
  const to = from + Math.min(pageSize, Number(query.get('$top') ?? pageSize))
  return {
    status: 200,
    body: writeProfilePage({
      root: `${url}/beta`,
      select: [],
      profiles: profiles.slice(from, to),
      nextLink:
        to < profiles.length ? `${url}/beta/directory/inboundSharedUserProfiles?$skiptoken=${to}` : null,
    }),
  }
}

export const listRequests = ({ url, pageSize, requests }: Listed, { query }: Received): Answer => {
  const parsed = parseRemovalRequestListOptions([...query])
  if (E.isLeft(parsed)) return errorAnswer(graphErrors.badRequest(parsed.left.message))
  const options = parsed.right
  const matching = requests.filter(
    request =>
      (options.state === undefined || options.state.some(state => state === request.state)) &&
      (options.batchId === undefined || request.batchIds.includes(options.batchId)) &&
      (options.userId === undefined || options.userId === request.userId) &&
      (options.dueBefore === undefined || request.dueDateTime < options.dueBefore),
  )
  const from = Number(options.$skiptoken ?? '0')
  const to = from + (options.$top ?? pageSize)
  const link = writeRemovalRequestListOptions({ ...options, $skiptoken: String(to) })
    .map(pair => pair.map(encodeURIComponent).join('='))
    .join('&')
  return {
    status: 200,
    body: RemovalRequestCollection.encode({
      value: matching.slice(from, to),
      ...(to < matching.length ? { '@odata.nextLink': `${url}/lethe/v1/removalRequests?${link}` } : {}),
    }),
  }
}
