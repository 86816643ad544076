import { randomUUID } from 'node:crypto'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { Agent } from 'undici'
import { onTestFinished } from 'vitest'
import {
  type BreakerState,
  type EndingReport,
  graphClient,
  type GraphClient,
  type GraphClientDeps,
  noPace,
} from '../../src/index.js'

/** A client under test, and what it told. */
export interface MadeClient {
  readonly client: GraphClient
  readonly reports: ReadonlyArray<EndingReport>
  readonly breaks: ReadonlyArray<readonly [tenantId: string, state: BreakerState]>
}

/** The token of a tenant: the server under test reads the tenant from it. */
export const tokenFor = (tenantId: string): string => `token-of-${tenantId}`

/** A client that asks once, unless told otherwise; closed when the test ends. */
export const makeClient = (root: string, wish: Partial<GraphClientDeps> = {}): MadeClient => {
  const reports: Array<EndingReport> = []
  const breaks: Array<readonly [string, BreakerState]> = []
  const client = graphClient({
    root,
    openDispatcher: options => new Agent(options),
    tokens: ({ tenantId }) => TE.right(tokenFor(tenantId)),
    clientRequestId: randomUUID,
    pace: noPace,
    block: null,
    onEnding: report => void reports.push(report),
    onBreak: (tenantId, state) => void breaks.push([tenantId, state]),
    retrying: { attempts: 1, firstMs: 1, longestMs: 1 },
    ...wish,
  })
  onTestFinished(async () => client.close())
  return { client, reports, breaks }
}
