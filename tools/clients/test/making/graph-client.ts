import {
  AuthenticationHandler,
  Client,
  type Middleware,
  RedirectHandler,
  RedirectHandlerOptions,
  ResponseType,
  RetryHandler,
  RetryHandlerOptions,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client'
import { RemovalRequestResource } from '@lethe/api-contract'
import * as t from 'io-ts'
import { Agent, fetch } from 'undici'
import { expect } from 'vitest'
import { closeLater } from './closing.js'
import { decoded } from './decoded.js'
import type { TokenChanges } from './identity.js'
import type { Lethe } from './lethe.js'

/** The graph client for JavaScript, pointed at Lethe: its own chain, whose last link trusts Lethe's certificate. */
export const graphClientFor = (lethe: Lethe, as: string, changes: TokenChanges = {}): Client =>
  Client.initWithMiddleware({
    baseUrl: lethe.origin,
    defaultVersion: 'beta',
    customHosts: new Set([new URL(lethe.origin).hostname]),
    middleware: [
      new AuthenticationHandler({ getAccessToken: () => lethe.tokenOf(as, changes) }),
      new RetryHandler(new RetryHandlerOptions()),
      new RedirectHandler(new RedirectHandlerOptions()),
      new TelemetryHandler(),
      trusting(lethe.certificate?.cert),
    ],
  })

/** The link that sends. Node's own fetch takes no Agent of undici 8, and trusts process-wide or not at all. */
const trusting = (ca: string | undefined): Middleware => {
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } })
  closeLater(() => dispatcher.close())
  return {
    execute: async context => {
      const asked: unknown = context.request
      if (typeof asked !== 'string') throw new Error('Expected the address of the request')
      const { url, method, headers, body } = new Request(asked, context.options)
      const answer = await fetch(url, {
        method,
        headers: [...headers],
        body: body === null ? null : await new Response(body).text(),
        dispatcher,
      })
      const { status } = answer
      context.response = new Response(status === 204 ? null : await answer.text(), {
        status,
        headers: [...answer.headers],
      })
    },
  }
}

/** A page of profiles. */
export const Page = t.intersection([
  t.type({ value: t.array(t.type({ userId: t.string })) }),
  t.partial({ '@odata.nextLink': t.string }),
])
type Page = t.TypeOf<typeof Page>

export const idsOf = ({ value }: Page): ReadonlyArray<string> => value.map(({ userId }) => userId)

/** Asks for a removal; gets nothing, as a 204 says nothing. */
export const removeThrough = (
  client: Client,
  userId: string,
  retries: ReadonlyArray<RetryHandlerOptions> = [],
): Promise<unknown> =>
  client
    .api(removePath(userId))
    .middlewareOptions([...retries])
    .post(undefined)

/** Asks for a removal and looks at the answer itself, which throws nothing. @returns the Operation-Location. */
export const locationThrough = async (client: Client, userId: string): Promise<string> => {
  const answer: unknown = await client.api(removePath(userId)).responseType(ResponseType.RAW).post(undefined)
  if (!(answer instanceof Response)) throw new Error('Expected the answer as it came')
  expect(answer.status).toBe(204)
  return answer.headers.get('Operation-Location') ?? ''
}

const removePath = (userId: string): string =>
  `/directory/inboundSharedUserProfiles/${userId}/removePersonalData`

/** The removal request at an Operation-Location. */
export const operationAt = async (client: Client, location: string): Promise<RemovalRequestResource> =>
  decoded(RemovalRequestResource)(await client.api(location).get())
