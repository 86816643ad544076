import { randomUUID } from 'node:crypto'
import { type AcquisitionProblem, type ClientCredential, graphTokens } from '@lethe/adapter-entra'
import {
  type BreakerState,
  type BreakerStatus,
  defaultBlockLimits,
  type EndingKind,
  type EndingReport,
  graphClient,
  graphDataHolder,
  graphInboundProfiles,
  processTime,
  sharedPace,
  sharing,
} from '@lethe/adapter-graph'
import { systemClock } from '@lethe/adapter-system'
import { openNetwork } from '@lethe/adapter-system/network'
import type { StorePorts } from '@lethe/application'
import { type BlockedBy, type Caller, Instant, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Logger } from 'pino'
import type { DataPlane, DataPlaneHealth } from './data-plane.js'
import type { GraphConfig } from './graph-config.js'
import { traceOf } from './log.js'

/** Microsoft Graph as the data plane of every tenant, with tokens from Entra. */
export const graphDataPlane = (
  config: GraphConfig,
  secret: ClientCredential,
  { paces, sealedSignIns }: Pick<StorePorts, 'paces' | 'sealedSignIns'>,
  log: Logger,
): DataPlane => {
  // Held for as long as somebody holds the caller, and never written anywhere.
  const assertions = new WeakMap<Caller, string>()
  const { openDispatcher } = openNetwork(config.proxies)
  const common = {
    clientId: config.clientId,
    secret,
    authorityHost: config.authority,
    insecureAuthority: config.allowInsecure,
    graph: config.audience,
    clock: systemClock,
    openDispatcher,
    onProblem: (problem: AcquisitionProblem) => {
      log.warn(problem, 'no token for Graph')
    },
  }
  const tokens = graphTokens(
    config.delegated === null
      ? { ...common, credential: 'application' }
      : {
          ...common,
          credential: 'delegated',
          sealed: sealedSignIns,
          keys: config.delegated,
          assertionOf: caller => assertions.get(caller) ?? null,
        },
  )
  const shared = sharing(paces, error => {
    log.error(traceOf(error), 'what is shared of Graph is not')
  })
  const client = graphClient({
    root: config.root,
    openDispatcher,
    // More than one tenant's removals, so that one whose Graph hangs leaves some to the others.
    connections: 256,
    tokens: tokens.token,
    clientRequestId: randomUUID,
    pace: sharedPace({ states: shared.states, ...processTime }),
    sharing: shared,
    onEnding: report => {
      // What an application may do is written in its token: one that is asked for anew may say more.
      if (report.ending === 'forbidden') tokens.distrust(report.tenantId)
      logEnding(log)(report)
    },
    onBreak: logBreak(log),
    block: { ...defaultBlockLimits, delegated: config.delegated !== null },
    onBlock: logBlock(log),
  })
  const holder = graphDataHolder(client)
  return {
    inboundProfiles: graphInboundProfiles(client, {
      pageSizes: false,
      onLeftOut: (tenantId, count) => {
        log.warn({ tenantId, count }, 'profiles without an id or a home tenant are left out')
      },
    }),
    dataHolders: { of: () => [holder] },
    ...(config.delegated === null
      ? {}
      : {
          delegation: {
            signIns: tokens.signIns,
            hear: (caller: Caller, token: string) => {
              assertions.set(caller, token)
            },
          },
        }),
    health: async tenants => {
      for (const tenantId of tenants) await shared.look(tenantId)
      return healthIn(client.breakers(), client.blocks())
    },
    healthOf: async tenantId => {
      await shared.look(tenantId)
      const breaker = client.breakers().find(status => status.tenantId === tenantId)
      const since = Instant.decode(breaker?.since)
      const blocks = client.blocks().filter(block => block.tenantId === tenantId)
      // Without its credential nothing can be done at all; without a permission, only removals cannot.
      const block = blocks.find(({ by }) => by === 'credential') ?? blocks[0]
      return {
        state: breaker?.state ?? 'closed',
        sinceDateTime: E.isRight(since) ? since.right : null,
        blockedBy: block?.by ?? null,
      }
    },
    close: async () => {
      await client.close()
      await tokens.close()
    },
  }
}

const healthIn = (
  breakers: ReadonlyArray<BreakerStatus>,
  blocks: ReadonlyArray<{ readonly by: BlockedBy }>,
): DataPlaneHealth => {
  const count = (wanted: BreakerState): number => breakers.filter(({ state }) => state === wanted).length
  const blocked = (wanted: BlockedBy): number => blocks.filter(({ by }) => by === wanted).length
  return {
    closed: count('closed'),
    open: count('open'),
    halfOpen: count('halfOpen'),
    blockedBy: { credential: blocked('credential'), permission: blocked('permission') },
  }
}

/** Endings that say nothing new: what was asked for, or what the breaker and the pace have said already. */
const unremarkable: ReadonlySet<EndingKind> = new Set([
  'found',
  'noContent',
  'notFound',
  'busy',
  'circuitOpen',
  'credentialBlocked',
  'permissionBlocked',
])

/** How calls end, by the names of the table of endings. */
const logEnding =
  (log: Logger) =>
  ({ answer, ...report }: EndingReport): void => {
    const said = { ...report, ...answer }
    if (unremarkable.has(report.ending)) log.debug(said, 'graph')
    else log.warn(said, 'graph')
  }

const logBreak =
  (log: Logger) =>
  (tenantId: TenantId, state: BreakerState): void => {
    log.warn({ tenantId, state }, 'graph breaker')
  }

const logBlock =
  (log: Logger) =>
  (tenantId: TenantId, blockedBy: BlockedBy, since: string | null): void => {
    if (since === null) log.info({ tenantId, blockedBy }, 'graph is no longer blocked')
    else log.error({ tenantId, blockedBy, since }, 'graph is blocked until an administrator acts')
  }
