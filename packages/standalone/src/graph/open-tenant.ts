import { randomUUID } from 'node:crypto'
import {
  type EndingKind,
  type EndingReport,
  endings,
  graphClient,
  graphDataHolder,
  graphInboundProfiles,
  noPace,
  type TokenSource,
} from '@lethe/adapter-graph'
import { openNetwork } from '@lethe/adapter-system/network'
import type { Clock, DataHolder, InboundProfiles } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { GraphRefusal } from '../refusal.js'
import type { GraphSettings } from './settings.js'
import { type OpenTokens, openTokens } from './tokens.js'

interface OpenTenantDeps {
  readonly settings: GraphSettings
  readonly clock: Clock
  /** Told of each request to Graph: nobody's id, no token. */
  readonly onCall: (report: EndingReport) => void
  /** Gives up what is under way, once aborted: later calls end at once. */
  readonly interrupted: AbortSignal
  /** Where tokens come from in the place of the settings' credential, such as somebody's sign-in. */
  readonly tokens?: TokenSource
}

/** A resource tenant, as Graph shows it. */
export interface GraphTenant {
  readonly tenantId: TenantId
  /** Whether the tenant is only what the token says of itself. */
  readonly tenantUnverified: boolean
  readonly profiles: InboundProfiles
  readonly holder: DataHolder
  /** What the last call that found nothing out ended with. */
  readonly problem: (retryAfterSeconds: number | null) => GraphRefusal
  /** Ends the connections. */
  readonly close: () => Promise<void>
}

/** Opens a tenant of Graph. Nothing is sent yet. */
export const openTenant = async (deps: OpenTenantDeps): Promise<E.Either<GraphRefusal, GraphTenant>> => {
  const { settings } = deps
  /** Why the issuer of tokens could not be reached. */
  let network: string | null = null
  const opened: E.Either<GraphRefusal, OpenTokens> =
    deps.tokens === undefined
      ? await openTokens(settings, deps.clock, reason => {
          network = reason
        })
      : E.right({ tokens: deps.tokens, tenantUnverified: false, close: () => Promise.resolve() })
  if (E.isLeft(opened)) return opened
  const { tokens, tenantUnverified, close } = opened.right
  let last: EndingKind | null = null
  const client = graphClient({
    root: settings.root,
    openDispatcher: openNetwork(settings.proxies).openDispatcher,
    connections: 2,
    tokens,
    clientRequestId: randomUUID,
    // One operator, one call at a time: there is nothing to share.
    pace: noPace,
    onEnding: report => {
      last = report.ending
      deps.onCall(report.ending === 'tokenUnavailable' ? { ...report, network } : report)
    },
    onBreak: () => undefined,
    // What is wrong with the credential, the operator learns at once.
    block: null,
  })
  const giveUp = (): void => void client.close()
  deps.interrupted.addEventListener('abort', giveUp, { once: true })
  if (deps.interrupted.aborted) giveUp()
  return E.right({
    tenantId: settings.tenantId,
    tenantUnverified,
    profiles: graphInboundProfiles(client),
    holder: graphDataHolder(client),
    problem: retryAfterSeconds => problemOf(last, retryAfterSeconds),
    close: async () => {
      deps.interrupted.removeEventListener('abort', giveUp)
      await client.close()
      await close()
    },
  })
}

/** The port of profiles says only that it could not be asked; the table of endings knows what to do about it. */
const problemOf = (ending: EndingKind | null, retryAfterSeconds: number | null): GraphRefusal => {
  // A server waits for a permission to come back; an operator learns that it is missing.
  if (ending === 'forbidden') return { _tag: 'GraphRefused' }
  switch (ending === null ? null : endings[ending].readBack) {
    case 'signIn':
      return { _tag: 'GraphSignInRequired' }
    case 'refused':
      return { _tag: 'GraphRefused' }
    case 'settle':
    case 'absent':
    case 'present':
    case 'retryLater':
    case 'notYet':
    case null:
      return { _tag: 'GraphUnavailable', retryAfterSeconds }
  }
}
