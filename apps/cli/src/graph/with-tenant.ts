import { instantFromMilliseconds } from '@lethe/domain'
import { profilesPath } from '@lethe/graph-contract'
import type { EndingReport, GraphTenant } from '@lethe/standalone'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { interrupted, type Refusal } from '../refusal.js'
import type { LocalSession } from '../session.js'
import { traceLine } from '../trace.js'
import { signedInToGraph } from './signed-in-graph.js'
import { loadStandalone, type Standalone } from './standalone.js'

/** A tenant that is open, and what works on it. */
export interface OpenedTenant {
  readonly standalone: Standalone
  readonly tenant: GraphTenant
}

/**
 * Opens the tenant, works on it, and closes it whatever comes of it.
 *
 * @param tenantOption as it was typed; null where it was not.
 * @param of whether profiles are listed, or one is meant: for the traces.
 */
export const withTenant =
  ({ io, say, globals: { detail } }: LocalSession, tenantOption: string | null, of: 'list' | 'one') =>
  (work: (opened: OpenedTenant) => TE.TaskEither<Refusal, void>): TE.TaskEither<Refusal, void> =>
  async () => {
    const standalone = await loadStandalone()
    const settings = standalone.readGraphSettings(io.env, tenantOption)
    if (E.isLeft(settings)) return settings
    /** Why the last call brought no answer; null where it did. */
    let network: string | null = null
    const signedIn =
      settings.right.credential.kind === 'none'
        ? await signedInToGraph(io, settings.right, refusal => {
            network = refusal._tag === 'ProxyFailed' ? `PROXY_${refusal.reason}` : null
          })()
        : E.right(null)
    if (E.isLeft(signedIn)) return signedIn
    const traces: Array<Promise<void>> = []
    const opened = await standalone.openTenant({
      settings: settings.right,
      clock: { now: () => instantFromMilliseconds(io.now()) },
      onCall: report => {
        // The source of tokens has said why there was none.
        if (report.ending !== 'tokenUnavailable' || report.network !== null) network = report.network
        const line = traceLine(detail, exchangedBy(report, of))
        if (line !== null) traces.push(say(line))
      },
      interrupted: io.interrupted,
      ...(signedIn.right === null ? {} : { tokens: signedIn.right }),
    })
    if (E.isLeft(opened)) return opened
    const tenant = opened.right
    if (tenant.tenantUnverified)
      await say('the tenant is what LETHE_GRAPH_TOKEN says of itself, unverified: Graph checks the token.')
    try {
      const done = await work({ standalone, tenant })()
      const isCutOff = E.isLeft(done) && done.left._tag === 'GraphUnavailable' && io.interrupted.aborted
      return isCutOff ? E.left(interrupted) : E.mapLeft(because(network))(done)
    } finally {
      await tenant.close()
      await Promise.all(traces)
    }
  }

const because =
  (network: string | null) =>
  (refusal: Refusal): Refusal =>
    refusal._tag === 'GraphUnavailable' && network !== null ? { ...refusal, network } : refusal

const exchangedBy = (
  { operation, status, milliseconds, clientRequestId }: EndingReport,
  of: 'list' | 'one',
) => ({
  method: operation === 'removal' ? 'POST' : 'GET',
  template: `${profilesPath}${of === 'list' ? '' : '/{userId}'}${operation === 'removal' ? '/removePersonalData' : ''}`,
  status,
  milliseconds,
  requestId: clientRequestId,
})
