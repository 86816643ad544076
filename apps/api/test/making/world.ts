import { sha256Digest, systemClock } from '@lethe/adapter-system'
import { inMemoryStore } from '@lethe/adapter-memory'
import { compose, type Composition } from '../../src/compose.js'
import { createApp, type UseCases } from '../../src/http/app.js'
import { memoryDataPlane, type Profiles } from '../../src/memory-data-plane.js'
import { type Answer, answerFrom } from './answer.js'
import { configFor, type Environment } from './environment.js'
import type { Issuer } from './issuer.js'
import { keepLog } from './log-lines.js'
import type { PersonName } from './people.js'
import { usualProfiles } from './places.js'
import { workOff } from './working.js'

/** How a request differs from one of a good client. */
interface Asking {
  /** Who asks; nobody where it is left out. */
  readonly as?: PersonName
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON where it is no text. */
  readonly body?: unknown
}

export type Ask = (method: string, path: string, asking?: Asking) => Promise<Answer>

/** The API over memory, with a door that only real tokens open. */
export interface World {
  /** A POST is sent with `Content-Type: application/json`, unless the headers say something else ('' for none). */
  readonly ask: Ask
  readonly work: () => Promise<void>
  readonly composition: Composition
  readonly logged: ReadonlyArray<string>
  readonly fetch: (request: Request) => Response | Promise<Response>
}

export interface WorldSettings {
  readonly environment?: Environment
  readonly profiles?: Profiles
  /** Use cases in the place of the real ones. */
  readonly useCases?: Partial<UseCases>
  readonly isReady?: () => Promise<boolean>
}

/** Another host than the one that links are made of. */
const host = 'http://internal.example:1234'

export const openWorld = (issuer: Issuer, settings: WorldSettings = {}): World => {
  const config = configFor(issuer, settings.environment)
  const { log, lines } = keepLog()
  const composition = compose(
    config,
    inMemoryStore({ digest: sha256Digest, clock: systemClock }),
    memoryDataPlane(settings.profiles ?? usualProfiles),
    log,
  )
  const app = createApp({
    useCases: { ...composition.useCases, ...settings.useCases },
    authenticate: composition.authenticate,
    contract: config.contract,
    requiredRoles: config.requiredRoles,
    publicUrl: config.publicUrl,
    authority: config.authority,
    clientId: config.clientId,
    clock: systemClock,
    isReady: settings.isReady ?? (async () => true),
    log,
  })
  const tokens = new Map<PersonName, Promise<string>>()
  const tokenOf = (name: PersonName): Promise<string> => {
    const token = tokens.get(name) ?? issuer.tokenOf(name)
    tokens.set(name, token)
    return token
  }

  const ask: Ask = async (method, path, { as, headers, body } = {}) => {
    const sent = new Headers(method === 'POST' ? { 'Content-Type': 'application/json' } : {})
    if (as !== undefined) sent.set('Authorization', `Bearer ${await tokenOf(as)}`)
    for (const [name, value] of Object.entries(headers ?? {}))
      if (value === '') sent.delete(name)
      else sent.set(name, value)
    return answerFrom(
      await app.fetch(
        new Request(`${host}${path}`, {
          method,
          headers: sent,
          ...(body === undefined ? {} : { body: bytesOf(body) }),
        }),
      ),
    )
  }
  return { ask, work: () => workOff(composition), composition, logged: lines, fetch: app.fetch }
}

/** As bytes, so that no Content-Type comes with it by itself. */
const bytesOf = (body: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
