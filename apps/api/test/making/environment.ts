import type { Config } from '../../src/config.js'
import { decodeConfig } from '../../src/config.js'
import { rightOf } from './decoded.js'
import { audience, type Issuer } from './issuer.js'
import { contoso, northwind } from './places.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** The base of every link that Lethe gives out. Nothing of the tests listens there. */
export const publicUrl = 'https://lethe.contoso.example'

/** What histories are sealed with in tests. */
export const historyKeys = `test:${Buffer.alloc(32, 7).toString('base64')}`

/** The least that the API must be told, and a public URL. */
export const environmentFor = (issuer: Pick<Issuer, 'template'>): Environment => ({
  LETHE_TENANTS: `${contoso},${northwind}`,
  LETHE_AUDIENCES: audience,
  LETHE_ISSUERS: issuer.template,
  LETHE_ALLOW_INSECURE_ISSUER: 'true',
  LETHE_PUBLIC_URL: publicUrl,
  LETHE_CLIENT_ID: audience,
  LETHE_DATABASE_URL: 'memory:',
  LETHE_GRAPH_URL: 'memory:',
  LETHE_ABSENCE_LOOKS: '1',
  LETHE_DRAIN_SECONDS: '0',
  LETHE_HISTORY_KEYS: historyKeys,
})

export const configFor = (issuer: Pick<Issuer, 'template'>, changes: Environment = {}): Config =>
  rightOf(decodeConfig({ ...environmentFor(issuer), ...changes }))
