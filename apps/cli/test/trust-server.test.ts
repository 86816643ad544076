import type { SignInOptions } from '@lethe/api-contract'
import { AppId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
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
})
