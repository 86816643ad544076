import { type Config, createLog, decodeConfig, memoryDataPlane, openStore, startApi } from '@lethe/api'
import { RemovalRequestCollection, removalRequestsPath } from '@lethe/api-contract'
import type { ContractName } from '@lethe/domain'
import { contoso, letheClientId } from '@lethe/sandbox'
import * as E from 'fp-ts/lib/Either.js'
import { type Certificate, makeCertificate } from './certificate.js'
import { closeLater } from './closing.js'
import { decoded } from './decoded.js'
import { type Front, openFront } from './front.js'
import { type Identity, sharedIdentity } from './identity.js'
import { profiles } from './profiles.js'
import { throttling } from './throttled.js'

/** Lethe as it runs, over memory, behind a front. */
export interface Lethe extends Pick<Front, 'origin' | 'received' | 'failNext'>, Pick<Identity, 'tokenOf'> {
  /** What has to be trusted; null over http. */
  readonly certificate: Certificate | null
  readonly identity: string
  /** Has Lethe itself answer with 429 where a profile is looked up, as often as that. */
  readonly throttleNext: (times: number) => void
  /** All removal requests that exist. */
  readonly requests: () => Promise<RemovalRequestCollection['value']>
}

/** Starts Lethe; it stops after the test. */
export const openLethe = async (
  contract: ContractName,
  scheme: 'http' | 'https',
  approvals: '1' | 'automatic' = '1',
): Promise<Lethe> => {
  const identity = await sharedIdentity()
  const certificate = scheme === 'https' ? await makeCertificate() : null
  let port = 0
  const front = await openFront(certificate, () => port)
  closeLater(front.close)

  const config = configured(identity.origin, front.origin, contract, approvals)
  const log = createLog(config.logLevel)
  const store = await openStore(config, 'both', log)
  if (E.isLeft(store)) throw new Error('A store in memory opens')
  const data = throttling(memoryDataPlane(profiles))
  const api = await startApi(config, 'both', store.right, data, log)
  closeLater(api.stop)
  port = api.port ?? 0
  const lethe = `http://127.0.0.1:${port}`

  return {
    origin: front.origin,
    received: front.received,
    failNext: front.failNext,
    tokenOf: identity.tokenOf,
    certificate,
    identity: identity.origin,
    throttleNext: data.throttleNext,
    requests: async () => {
      const headers = { Authorization: `Bearer ${await identity.tokenOf('pradeep')}` }
      const answer: unknown = await (await fetch(`${lethe}${removalRequestsPath}`, { headers })).json()
      return decoded(RemovalRequestCollection)(answer).value
    },
  }
}

const configured = (
  identity: string,
  publicUrl: string,
  contract: ContractName,
  approvals: string,
): Config => {
  const config = decodeConfig({
    LETHE_CONTRACT: contract,
    LETHE_APPROVALS: approvals,
    LETHE_ABSENCE_LOOKS: '1',
    LETHE_HOST: '127.0.0.1',
    LETHE_PORT: '0',
    LETHE_PUBLIC_URL: publicUrl,
    LETHE_LOG_LEVEL: 'silent',
    LETHE_TENANTS: contoso,
    LETHE_AUDIENCES: letheClientId,
    LETHE_ISSUERS: `${identity}/{tenantid}/v2.0`,
    LETHE_ALLOW_INSECURE_ISSUER: 'true',
    LETHE_DRAIN_SECONDS: '0',
    LETHE_DATABASE_URL: 'memory:',
    LETHE_GRAPH_URL: 'memory:',
  })
  if (E.isLeft(config)) throw new Error(config.left.mistakes.join('; '))
  return config.right
}
