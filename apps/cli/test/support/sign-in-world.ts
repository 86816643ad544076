import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IdentityResource } from '@lethe/api-contract'
import {
  contoso,
  createSignIns,
  freePorts,
  identityProvider,
  letheCliClientId,
  letheClientId,
  listenOnLoopback,
  type SignIns,
} from '@lethe/sandbox'
import { decodeJwt } from 'jose'
import { errorAnswer } from './answers.js'
import { type FakeApi, startFakeApi } from './fake-api.js'
import { listProfiles } from './fake-lists.js'
import { lethe, type Ran, type World } from './fake-io.js'
import { identity } from './samples.js'
import { sandboxKeys } from './sandbox-keys.js'
import { graphErrors, graphRoot, profilesPath } from '@lethe/graph-contract'

/** A server, an identity provider and an operator's home. */
export interface SignInWorld {
  readonly api: FakeApi
  /** The address of the identity provider. */
  readonly identity: string
  readonly home: string
  readonly signIns: SignIns
  /** The tokens that came with calls, in their order. */
  readonly tokens: ReadonlyArray<string>
  /** Tokens that the server refuses. */
  readonly refused: Set<string>
  readonly run: (argv: ReadonlyArray<string>, world?: World) => Promise<Ran>
  /** Signs somebody in, with the browser played. */
  readonly logIn: (person: string, argv?: ReadonlyArray<string>) => Promise<Ran>
  readonly stopProvider: () => Promise<void>
  readonly close: () => Promise<void>
}

export const openSignInWorld = async (): Promise<SignInWorld> => {
  const home = await mkdtemp(join(tmpdir(), 'lethe-cli-'))
  const [port = 0] = await freePorts(1)
  const baseUrl = `http://127.0.0.1:${port}`
  const signIns = createSignIns()
  const provider = identityProvider({
    baseUrl,
    ...sandboxKeys,
    signIns,
  })
  const server = await listenOnLoopback(provider.fetch, port)
  const api = await startFakeApi()
  const tokens: Array<string> = []
  const refused = new Set<string>()
  api.instead = request => {
    const { path, headers } = request
    if (path === '/lethe/v1/signInOptions')
      return {
        status: 200,
        body: {
          authority: `${baseUrl}/${contoso}`,
          clientId: letheCliClientId,
          scopes: [`api://${letheClientId}/.default`],
        },
      }
    const token = (headers.authorization ?? '').replace('Bearer ', '')
    tokens.push(token)
    if (refused.has(token)) return errorAnswer(graphErrors.tokenInvalid)
    if (path === '/lethe/v1/me' && decodeJwt(token)['aud'] === letheClientId)
      return { status: 200, body: IdentityResource.encode(identity()) }
    return path === `${graphRoot}${profilesPath}` && decodeJwt(token)['aud'] === letheClientId
      ? listProfiles(api, request)
      : null
  }
  const run = (argv: ReadonlyArray<string>, world: World = {}) =>
    lethe(api.url, argv, {
      home,
      startsAt: Date.now(),
      ...world,
      env: { LETHE_TOKEN: '', LETHE_SERVER: '', ...world.env },
    })
  return {
    api,
    identity: baseUrl,
    home,
    signIns,
    tokens,
    refused,
    run,
    logIn: (person, argv = []) =>
      run(['login', '--server', api.url, ...argv], {
        stderrIsTerminal: true,
        openBrowser: url => {
          void playBrowser(url, person)
          return true
        },
      }),
    stopProvider: server.stop,
    close: async () => {
      await api.close()
      await server.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Does what a person does in a browser: chooses who they are (`decline`: nobody), and goes on. */
export const playBrowser = async (url: URL, person: string): Promise<string> => {
  const choice: [string, string] = person === 'decline' ? ['decline', 'yes'] : ['person', person]
  const chosen = await post(url.href, [...hiddenOf(await textAt(url.href)), choice])
  const action = unescaped(/action="([^"]*)"/.exec(chosen)?.[1] ?? '')
  return action === '' ? chosen : post(action.replace('localhost', '127.0.0.1'), hiddenOf(chosen))
}

export const textAt = async (url: string): Promise<string> => (await fetch(url)).text()

export const post = async (url: string, fields: ReadonlyArray<[string, string]>): Promise<string> => {
  const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]))
  return (await fetch(url, { method: 'POST', body })).text()
}

const hiddenOf = (html: string): Array<[string, string]> =>
  [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
    name ?? '',
    unescaped(value ?? ''),
  ])

const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
