import type { SignInOptions } from '@lethe/api-contract'
import { AppId } from '@lethe/domain'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { privateFiles } from '../src/private-files.js'
import { saveContexts } from '../src/sign-in/context-file.js'
import { type KeptSignIn, saveSignIn } from '../src/sign-in/kept-sign-in.js'
import { isOfItsOwn } from '../src/sign-in/trust-server.js'
import { decoded } from './support/decoded.js'
import { lethe } from './support/fake-io.js'

describe('a scope that a server asks for', () => {
  it.each([
    'api://a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70/.default',
    'a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70/.default',
    'https://lethe.contoso.example/PersonalDataRemoval.Approve.All',
  ])('%s may be its own', scope => {
    expect(isOfItsOwn(scope)).toBe(true)
  })

  it.each([
    'https://graph.microsoft.com/.default',
    'https://GRAPH.microsoft.com/.default',
    'https://management.azure.com/user_impersonation',
    'https://graph.windows.net/.default',
    '00000003-0000-0000-c000-000000000000/.default',
    'User.Read',
    'openid',
    'http://lethe.example/.default',
    'https://graph.microsoft.com./.default',
    'https://contoso.sharepoint.com/.default',
    'api://x/.default https://graph.microsoft.com/.default',
    'api://x/.default\thttps://graph.microsoft.com/.default',
    '',
  ])('%s is of another service', scope => {
    expect(isOfItsOwn(scope)).toBe(false)
  })
})

describe('a server that is new', () => {
  const asked: SignInOptions = {
    authority: 'https://login.example/common',
    clientId: decoded(AppId, 'b4e6f8a0-1c3d-4e7f-9a2b-3c4d5e6f7081'),
    scopes: ['api://a3d5e7f9-0b2c-4d6e-8f1a-2b3c4d5e6f70/.default'],
  }
  const login = async (types: string | null, argv: ReadonlyArray<string> = []) =>
    lethe('https://elsewhere.example', ['login', '--device-code', ...argv], {
      stdinIsTerminal: types !== null,
      types,
      fetch: async url =>
        url.host === 'elsewhere.example' ? Response.json(asked) : Promise.reject(new Error('nobody')),
    })

  it('gets no token before the operator has seen what it asks for, and said yes', async () => {
    const { code, stderr } = await login('n')

    expect(code).toBe(1)
    expect(stderr).toContain('https://elsewhere.example asks for a token')
    expect(stderr).toContain('you sign in at https://login.example/common')
    expect(stderr).toContain(asked.scopes[0])
  })

  it('gets none where nobody can be asked', async () => {
    expect(await login(null)).toMatchObject({ code: 2 })
  })

  it.each([['y', []] as const, [null, ['--force']] as const])('may have one (%j %j)', async (types, argv) => {
    const { stderr } = await login(types, argv)

    expect(stderr).toContain('The place where people sign in does not answer')
  })

  describe('that was signed in to before', () => {
    let home: string
    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'lethe-trust-'))
      const files = privateFiles(process.getuid?.() ?? null)
      const context = { server: 'https://elsewhere.example', tenant: null }
      const { authority, clientId, scopes } = asked
      const kept: KeptSignIn = {
        source: { server: context.server, authority, clientId, scopes },
        account: { homeAccountId: 'x', tenantId: 'x', username: 'x' },
        tokens: {},
        cache: '{}',
      }
      const io = { env: {}, home, files }
      await saveSignIn(io, 'default', kept)()
      await saveContexts(io, { current: 'default', contexts: { default: context } })()
    })
    afterEach(() => rm(home, { recursive: true, force: true }))

    const again = (over: Partial<Record<keyof SignInOptions, unknown>>) =>
      lethe('https://elsewhere.example', ['login', '--device-code'], {
        home,
        fetch: async url =>
          url.host === 'elsewhere.example'
            ? Response.json({ ...asked, ...over })
            : Promise.reject(new Error('nobody')),
      })

    it('is not asked about again', async () => {
      expect((await again({})).stderr).toContain('The place where people sign in does not answer')
      expect((await again({ authority: 'https://login.example/other' })).stderr).toContain('does not answer')
    })

    it.each([
      { clientId: 'c4e6f8a0-1c3d-4e7f-9a2b-3c4d5e6f7081' },
      { scopes: ['797f4846-ba00-4fd7-ba43-dac1f8f63013/.default'] },
      { authority: 'https://other.example/common' },
    ])('is asked about where it wants another token (%#)', async over => {
      const { code, stderr } = await again(over)
      expect([code, stderr.includes('asks for another token than before')]).toEqual([2, true])
    })
  })
})
