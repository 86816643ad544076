import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { graphAudience } from '../../src/identity/graph-access.js'
import { contoso } from '../../src/people.js'
import { seedProfiles } from '../../src/seed-profiles.js'
import { type GraphTwin, type GraphTwinSettings, startGraphTwin } from '../../src/twin/graph-twin.js'
import { newFolder } from './folders.js'
import { freePort } from './ports.js'
import { openProvider, stopProviders, tokenFrom } from './provider.js'

/** A twin that listens, and what a test needs to call it. */
export interface OpenTwin extends GraphTwin {
  readonly identity: string
  readonly settings: GraphTwinSettings
  /** A token for Graph. */
  readonly tokenOf: (as: string, claims?: Readonly<Record<string, unknown>>) => Promise<string>
}

const running: Array<GraphTwin> = []

export const startTwin = async (settings: GraphTwinSettings): Promise<GraphTwin> => {
  const started = await startGraphTwin(settings)
  if (E.isLeft(started)) throw new Error(`The twin did not start: ${started.left.mistakes.join('; ')}`)
  running.push(started.right)
  return started.right
}

export const openTwin = async (changes: Partial<GraphTwinSettings> = {}): Promise<OpenTwin> => {
  const { baseUrl: identity } = await openProvider()
  const settings = {
    port: await freePort(),
    identity,
    removedProfilesFile: join(await newFolder(), 'removed-profiles'),
    profiles: seedProfiles(),
    seed: 1,
    ...changes,
  }
  const twin = await startTwin(settings)
  return {
    ...twin,
    identity,
    settings,
    tokenOf: (as, claims = {}) => tokenFrom(identity, { as, claims: { aud: graphAudience, ...claims } }),
  }
}

export const stopTwins = async (): Promise<void> => {
  await Promise.all(running.splice(0).map(twin => twin.stop()))
  await stopProviders()
}

/** The ids of the people in Contoso whom no test names. */
export const contosoUsers = (): ReadonlyArray<string> =>
  [...seedProfiles()].flatMap(([tenantId, profiles]) =>
    String(tenantId) === contoso ? profiles.slice(2).map(({ userId }) => userId) : [],
  )

export const putFaults = async (twin: GraphTwin, body: unknown): Promise<Response> =>
  fetch(`${twin.address}/sandbox/faults`, { method: 'PUT', body: JSON.stringify(body) })

/** Sets the faults of Contoso. */
export const setFaults = async (twin: GraphTwin, faults: unknown, seed = 1): Promise<void> => {
  const response = await putFaults(twin, { tenantId: contoso, faults, seed })
  if (!response.ok) throw new Error(`The faults were not set: ${await response.text()}`)
}

/** How a call looks from outside. */
export interface Seen {
  /** 0 where no complete answer came. */
  readonly status: number
  readonly headers: Headers
  /** What came of the body; null where it was cut off, or nothing came. */
  readonly text: string | null
  /** The code of the error underneath where it failed, such as ECONNRESET. */
  readonly failure: string | null
}

const path = '/beta/directory/inboundSharedUserProfiles'

/** Calls the twin on a connection of its own. */
export const call = async (
  twin: GraphTwin,
  token: string,
  method: 'GET' | 'POST',
  userId: string,
  signal?: AbortSignal,
): Promise<Seen> => {
  const url = `${twin.address}${path}/${userId}${method === 'POST' ? '/removePersonalData' : ''}`
  try {
    const response = await fetch(url, {
      method,
      headers: { Authorization: `Bearer ${token}`, Connection: 'close' },
      ...(signal === undefined ? {} : { signal }),
    })
    const headers = response.headers
    try {
      return { status: response.status, headers, text: await response.text(), failure: null }
    } catch (error) {
      return { status: response.status, headers, text: null, failure: causeOf(error) }
    }
  } catch (error) {
    return { status: 0, headers: new Headers(), text: null, failure: causeOf(error) }
  }
}

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return cause instanceof Error ? cause.name : 'unknown'
}

export const remove = (twin: GraphTwin, token: string, userId: string): Promise<Seen> =>
  call(twin, token, 'POST', userId)

export const look = (twin: GraphTwin, token: string, userId: string): Promise<Seen> =>
  call(twin, token, 'GET', userId)
