import { HistoryResource, RemovalRequestCollection, RemovalRequestResource } from '@lethe/api-contract'
import { type Answer, jsonOf } from './answer.js'
import { decoded, present } from './decoded.js'
import type { PersonName } from './people.js'
import { publicUrl } from './environment.js'
import { bob } from './places.js'
import type { Ask } from './asking.js'

export const requestsPath = '/lethe/v1/removalRequests'
export const profilesPath = '/beta/directory/inboundSharedUserProfiles'
export const removePath = (userId: string): string => `${profilesPath}/${userId}/removePersonalData`

/** The removal request in an answer; throws where there is none. */
export const requestIn = (answer: Answer): RemovalRequestResource =>
  decoded(RemovalRequestResource)(jsonOf(answer))

export const pageIn = (answer: Answer): RemovalRequestCollection =>
  decoded(RemovalRequestCollection)(jsonOf(answer))

export const historyIn = (answer: Answer): HistoryResource => decoded(HistoryResource)(jsonOf(answer))

/** The path of the request that the published call made. */
export const locationIn = (answer: Answer): string =>
  present(answer.headers.get('Operation-Location')).replace(publicUrl, '')

/** Asks for a removal with the published call; gives the path of the request. */
export const submit = async (
  ask: Ask,
  as: PersonName = 'lena',
  userId: string = bob.userId,
): Promise<string> => {
  const answer = await ask('POST', removePath(userId), { as })
  if (answer.status !== 204) throw new Error(`Not submitted: ${answer.status} ${answer.text}`)
  return locationIn(answer)
}

/** A link to the next page, as a path. */
export const pathOf = (link: string): string => {
  const url = new URL(link)
  return `${url.pathname}${url.search}`
}
