import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contoso, letheCliClientId } from '@lethe/sandbox'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { privateFiles } from '../src/private-files.js'
import { signedInTokens } from '../src/sign-in/signed-in-tokens.js'
import { decoded } from './support/decoded.js'
import { requestId, token as tokenOfEnvironment } from './support/samples.js'
import { openSignInWorld, playBrowser, post, type SignInWorld, textAt } from './support/sign-in-world.js'

let world: SignInWorld
beforeEach(async () => {
  world = await openSignInWorld()
})
afterEach(() => world.close())

const stateOf = () => join(world.home, '.local/state/lethe')
const signInOf = (context = 'default') => join(stateOf(), `sign-in-${context}.json`)
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
const lastToken = () => world.tokens.at(-1) ?? ''
/** Reads what a device says on stderr, and confirms it. */
const confirming = (person: string) => {
  let code = ''
  return {
    warned: (text: string) => {
      code = /the code ([A-Z-]+)/.exec(text)?.[1] ?? code
    },
    whileAsleep: async () => {
      if (code === '') return
      const choice: [string, string] = person === 'decline' ? ['decline', 'yes'] : ['person', person]
      await post(`${world.identity}/sandbox/device`, [['user_code', code], choice])
    },
  }
}

describe('lethe login', () => {
  it('signs in through the browser, and whoami says as whom', async () => {
    const { code, stdout, stderr } = await world.logIn('megan', ['-o', 'json'])
    expect(stderr).toMatch(
      /^lethe: to sign in, open http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/oauth2\/v2\.0\/authorize\?\S+\n$/,
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'default',
      current: true,
      server: world.api.url,
      account: 'megan@contoso.example',
    })
    const whoami = await world.run(['whoami', '-o', 'json'])
    expect([whoami.code, whoami.stderr]).toEqual([0, ''])
    expect(JSON.parse(whoami.stdout)).toMatchObject({
      server: world.api.url,
      tokenSource: 'signIn',
      context: 'default',
      account: 'megan@contoso.example',
    })
    expect(decodeJwt(lastToken())).toMatchObject({ name: 'Megan Bowen', azp: letheCliClientId, tid: contoso })
  })

  it('keeps what it got in files that only their owner may read', async () => {
    await world.logIn('megan')
    const config = join(world.home, '.config/lethe')
    expect(await Promise.all([config, stateOf()].map(modeOf))).toEqual(['700', '700'])
    expect(await Promise.all([join(config, 'contexts.json'), signInOf()].map(modeOf))).toEqual(['600', '600'])
    expect(await readdir(stateOf())).toEqual(['sign-in-default.json'])
  })

  it('writes no token and no code anywhere but there', async () => {
    const ran = [await world.logIn('megan', ['--debug']), await world.run(['whoami', '--debug'])]
    for (const { stdout, stderr } of ran) expect(`${stdout}${stderr}`).not.toMatch(/eyJ[\w-]+\.|[?&]code=/)
    expect(ran.map(({ code }) => code)).toEqual([0, 0])
  })

  it('only writes the address with --no-browser', async () => {
    let opened = 0
    const ran = world.run(['login', '--server', world.api.url, '--no-browser'], {
      openBrowser: () => {
        opened += 1
        return true
      },
      warned: text => {
        const url = /open (\S+)/.exec(text)?.[1]
        if (url !== undefined) void playBrowser(new URL(url), 'adele')
      },
    })
    expect((await ran).code).toBe(0)
    expect(opened).toBe(0)
  })

  it('says what to do where no browser opens', async () => {
    const { code, stderr } = await world.run(['login', '--server', world.api.url], {
      stderrIsTerminal: true,
      openBrowser: url => {
        void playBrowser(url, 'adele')
        return false
      },
    })
    expect(code).toBe(0)
    expect(stderr).toContain('--device-code works without one')
  })

  it('says so where LETHE_TOKEN goes before the sign-in', async () => {
    const openBrowser = (url: URL) => {
      void playBrowser(url, 'adele')
      return true
    }
    const { code, stderr } = await world.run(['login', '--server', world.api.url], {
      stderrIsTerminal: true,
      env: { LETHE_TOKEN: tokenOfEnvironment },
      openBrowser,
    })
    expect(code).toBe(0)
    expect(stderr).toContain('LETHE_TOKEN is set, and goes before this sign-in')
    expect(stderr).not.toContain(tokenOfEnvironment)
  })

  it('signs in with a code on another device', async () => {
    const { code, stdout, slept } = await world.run(
      ['login', '--server', world.api.url, '--device-code', '--query', 'account', '-o', 'text'],
      confirming('isaiah'),
    )
    expect([code, stdout]).toEqual([0, 'isaiah@contoso.example\n'])
    expect(slept[0]).toBe(2000)
  })

  it('asks less often where it is told to slow down', async () => {
    const interruption = new AbortController()
    let asleep = 0
    const { code, slept } = await world.run(['login', '--server', world.api.url, '--device-code'], {
      interruption,
      // The provider's clock is the real one, and sleeping takes no time here: the second question is too early.
      whileAsleep: () => {
        asleep += 1
        if (asleep === 3) interruption.abort()
      },
    })
    expect([code, slept]).toEqual([130, [2000, 2000, 7000]])
  })

  it.each([
    [undefined, 5000],
    [1e12, 60_000],
    [-1, 1000],
  ])('waits between its questions where it is told an interval of %s', async (interval, first) => {
    const interruption = new AbortController()
    const { code, slept } = await world.run(['login', '--server', world.api.url, '--device-code'], {
      interruption,
      fetch: async (url, init) => {
        const answer = await fetch(url, init)
        return url.pathname.endsWith('/devicecode')
          ? Response.json({ ...decoded(t.UnknownRecord, await answer.json()), interval })
          : answer
      },
      whileAsleep: () => interruption.abort(),
    })
    expect([code, slept]).toEqual([130, [first]])
  })

  it('asks again, after twice the time, where the connection breaks while a device waits', async () => {
    const confirmed = confirming('isaiah')
    let broken = 0
    const { code, slept } = await world.run(['login', '--server', world.api.url, '--device-code'], {
      warned: confirmed.warned,
      whileAsleep: async () => {
        if (broken === 2) await confirmed.whileAsleep()
      },
      fetch: (url, init) => {
        if (!url.pathname.endsWith('/token') || broken === 2) return fetch(url, init)
        broken += 1
        return broken === 1
          ? Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }))
          : Promise.resolve(new Response('', { status: 503 }))
      },
    })
    expect([code, slept]).toEqual([0, [2000, 4000, 8000]])
  })

  it('asks as often as before once the issuer answers again', async () => {
    let asked = 0
    const interruption = new AbortController()
    const { slept } = await world.run(['login', '--server', world.api.url, '--device-code'], {
      interruption,
      whileAsleep: () => {
        if (asked === 3) interruption.abort()
      },
      fetch: (url, init) => {
        if (!url.pathname.endsWith('/token') || init.signal?.aborted === true) return fetch(url, init)
        asked += 1
        return Promise.resolve(
          asked === 1
            ? new Response('', { status: 503 })
            : Response.json({ error: 'authorization_pending' }, { status: 400 }),
        )
      },
    })
    expect(slept).toEqual([2000, 4000, 2000, 2000])
  })

  it('ends as after a wait that was too long where the issuer has forgotten the code', async () => {
    const { code, stderr } = await world.run(['login', '--server', world.api.url, '--device-code'], {
      fetch: (url, init) =>
        url.pathname.endsWith('/token')
          ? Promise.resolve(Response.json({ error: 'invalid_grant', error_codes: [70000] }, { status: 400 }))
          : fetch(url, init),
    })
    expect(code).toBe(4)
    expect(stderr).toContain('The sign-in was cancelled, or took too long. Nothing was changed')
  })

  it('ends with 4 where the person declines, in either way', async () => {
    const inBrowser = await world.logIn('decline')
    const onDevice = await world.run(
      ['login', '--server', world.api.url, '--device-code'],
      confirming('decline'),
    )
    for (const { code, stdout, stderr } of [inBrowser, onDevice]) {
      expect([code, stdout]).toEqual([4, ''])
      expect(stderr).toContain('lethe: The sign-in was cancelled')
    }
  })

  it('ends with 130 on Ctrl-C, and its listener is gone', async () => {
    const interruption = new AbortController()
    let redirect = ''
    const { code, stdout } = await world.run(['login', '--server', world.api.url], {
      stderrIsTerminal: true,
      interruption,
      openBrowser: url => {
        redirect = url.searchParams.get('redirect_uri') ?? ''
        interruption.abort()
        return true
      },
    })
    expect([code, stdout]).toEqual([130, ''])
    await expect(fetch(redirect.replace('localhost', '127.0.0.1'))).rejects.toThrow('fetch failed')
  })

  it('ends with 130 on Ctrl-C while a device waits', async () => {
    const interruption = new AbortController()
    const { code } = await world.run(['login', '--server', world.api.url, '--device-code'], {
      interruption,
      whileAsleep: () => interruption.abort(),
    })
    expect(code).toBe(130)
  })

  it('needs a terminal to show where to sign in', async () => {
    const { code, stderr } = await world.run(['login', '--server', world.api.url])
    expect(code).toBe(2)
    expect(stderr).toContain('--device-code')
  })

  it('says that a server offers none', async () => {
    world.api.instead = () => ({
      status: 404,
      body: {
        error: {
          code: 'Request_ResourceNotFound',
          message: 'No.',
          innerError: {
            date: '2026-11-23T09:00:00',
            'request-id': requestId(1),
            'client-request-id': requestId(1),
          },
        },
      },
    })
    const missing = await world.run(['login', '--server', world.api.url, '--device-code'])
    expect(missing.code).toBe(4)
    expect(missing.stderr).toContain('LETHE_CLI_CLIENT_ID')
  })

  it.each([
    'http://login.example/contoso',
    'ftp://x/y',
    'https://a@b/c',
    'https://login.example',
    'nonsense',
  ])('trusts no authority such as %s', async authority => {
    world.api.instead = () => ({ status: 200, body: { authority, clientId: 'x', scopes: ['y'] } })
    const { code, stderr } = await world.run(['login', '--server', world.api.url, '--device-code'])
    expect(code).toBe(4)
    expect(stderr).toContain('not https')
  })

  it('ends with 5 where nobody answers at the authority', async () => {
    await world.stopProvider()
    const { code } = await world.run(['login', '--server', world.api.url, '--device-code'])
    expect(code).toBe(5)
  })

  it('signs in to another tenant', async () => {
    const { code } = await world.logIn('omar', ['--tenant', 'organizations', '--context', 'northwind'])
    expect(code).toBe(0)
    await world.run(['whoami'])
    expect(decodeJwt(lastToken())).toMatchObject({ name: 'Omar Bennett' })
    // Two hours later the token is renewed under the same authority.
    expect((await world.run(['whoami'], { startsAt: Date.now() + 3_500_000 })).code).toBe(0)
  })
})

describe('a sign-in', () => {
  it('gives way to LETHE_TOKEN', async () => {
    await world.logIn('megan')
    const { code, stdout } = await world.run(['requests', 'show', requestId(1), '-o', 'json'], {
      env: { LETHE_TOKEN: tokenOfEnvironment },
    })
    expect([code, lastToken()]).toEqual([0, tokenOfEnvironment])
    expect(stdout).not.toBe('')
  })

  it('goes to no other server', async () => {
    await world.logIn('megan')
    const other = await openSignInWorld()
    try {
      const named = await world.run(['whoami', '--context', 'default', '--server', other.api.url])
      const unnamed = await world.run(['whoami', '--server', other.api.url])
      const byEnvironment = await world.run(['whoami'], { env: { LETHE_SERVER: other.api.url } })
      expect([named.code, unnamed.code, byEnvironment.code]).toEqual([4, 4, 4])
      expect(named.stderr).toContain('must not get it')
      expect(unnamed.stderr).toContain('lethe login')
      expect(other.api.received).toEqual([])
    } finally {
      await other.close()
    }
  })

  it('is renewed five minutes before its token ends', async () => {
    await world.logIn('megan')
    await world.run(['whoami'])
    const first = lastToken()
    await world.run(['whoami'], { startsAt: Date.now() + 3_200_000 })
    expect(lastToken()).toBe(first)
    await world.run(['whoami'], { startsAt: Date.now() + 3_400_000 })
    expect(lastToken()).not.toBe(first)
    const second = lastToken()
    await world.run(['whoami'])
    expect(lastToken()).toBe(second)
  })

  it('is renewed in the middle of a run', async () => {
    await world.logIn('megan')
    let looks = 0
    world.api.beforeRead = request => {
      looks += 1
      return looks < 3 ? request : { ...request, state: 'failed', failure: null }
    }
    const instead = world.api.instead
    const accepted = new Set<string>()
    world.api.instead = async request => {
      const answer = await instead(request)
      accepted.add(lastToken())
      // The fake API knows one token by itself.
      request.headers.authorization = `Bearer ${tokenOfEnvironment}`
      return answer
    }
    const { code } = await world.run(['requests', 'watch', requestId(1), '--interval', '1800'])
    expect(looks).toBeGreaterThanOrEqual(3)
    expect(code).toBe(1)
    expect(accepted.size).toBe(2)
  })

  it('is renewed once after a 401, and the call repeated', async () => {
    await world.logIn('megan')
    await world.run(['whoami'])
    const before = lastToken()
    world.refused.add(before)
    expect((await world.run(['whoami'])).code).toBe(0)
    expect(world.tokens.slice(-2)).toEqual([before, lastToken()])
    expect(lastToken()).not.toBe(before)
  })

  it('is not renewed for ever', async () => {
    await world.logIn('megan')
    const all = { has: () => true }
    world.refused.has = all.has
    const { code, stderr } = await world.run(['whoami'])
    expect([code, world.tokens.length]).toEqual([4, 2])
    expect(stderr).toContain('Sign in again: lethe login')
  })

  it.each(['revoked', 'needsInteraction'] as const)('that is %s asks for another login', async state => {
    await world.logIn('megan')
    world.signIns.put('megan', { state })
    const { code, stderr } = await world.run(['whoami'], { startsAt: Date.now() + 4_000_000 })
    expect(code).toBe(4)
    expect(stderr).toMatch(/not good any more \(AADSTS50\d+\)\. Run lethe login --context default/)
    expect((await world.logIn('megan')).code).toBe(0)
    expect((await world.run(['whoami'])).code).toBe(0)
  })

  it('asks for another login where its refresh token was not used for too long', async () => {
    await world.logIn('megan')
    const { code, stderr } = await world.run(['whoami'], {
      startsAt: Date.now() + 4_000_000,
      fetch: (url, init) =>
        url.pathname.endsWith('/token')
          ? Promise.resolve(
              // As Entra words it: without a suberror.
              Response.json(
                {
                  error: 'invalid_grant',
                  error_description: 'AADSTS700082: The refresh token has expired due to inactivity.',
                  error_codes: [700082],
                },
                { status: 400 },
              ),
            )
          : fetch(url, init),
    })
    expect(code).toBe(4)
    expect(stderr).toContain('not good any more (AADSTS700082). Run lethe login --context default')
  })

  it('asks for another login where what MSAL kept cannot be read', async () => {
    await world.logIn('megan')
    const kept = decoded(t.UnknownRecord, JSON.parse(await readFile(signInOf(), 'utf8')))
    await writeFile(signInOf(), JSON.stringify({ ...kept, tokens: {}, cache: '{nonsense' }))
    const { code, stderr } = await world.run(['whoami'])
    expect([code, stderr.includes('Run lethe login --context default')]).toEqual([4, true])
  })

  it('is renewed all the same where it cannot be written down', async () => {
    await world.logIn('megan')
    await world.run(['whoami'])
    const first = lastToken()
    const before = await readFile(signInOf(), 'utf8')
    const { code } = await world.run(['whoami'], {
      startsAt: Date.now() + 4_000_000,
      files: { write: path => TE.left({ _tag: 'FileFailed', path, reason: 'ENOSPC' }) },
    })
    expect([code, lastToken() === first]).toEqual([0, false])
    expect(await readFile(signInOf(), 'utf8')).toBe(before)
  })

  it('takes the token that another process has got in the meantime', async () => {
    await world.logIn('megan')
    await world.run(['whoami'])
    const first = lastToken()
    let renewals = 0
    const counting = (url: URL, init: RequestInit) => {
      if (url.pathname.endsWith('/token')) renewals += 1
      return fetch(url, init)
    }
    world.refused.add(first)
    let calls = 0
    const { code } = await world.run(['whoami'], {
      fetch: async (url, init) => {
        const answer = await counting(url, init)
        calls += 1
        // Between the refusal and the renewal another one is quicker.
        if (calls === 1) await world.run(['whoami'], { fetch: counting })
        return answer
      },
    })
    expect([code, renewals]).toEqual([0, 1])
  })

  it('leaves a sign-in alone that the same person made anew in the meantime', async () => {
    await world.logIn('megan')
    const page = join(stateOf(), 'sign-in-default.json')
    let anew = ''
    const { code } = await world.run(['whoami'], {
      startsAt: Date.now() + 3_400_000,
      fetch: async (url, init) => {
        if (url.pathname.endsWith('/token') && anew === '') {
          anew = 'begun'
          await world.logIn('megan')
          anew = await readFile(page, 'utf8')
        }
        return fetch(url, init)
      },
    })
    expect(code).toBe(0)
    expect(await readFile(page, 'utf8')).toBe(anew)
  })

  it('goes on while it lasts where it cannot be renewed right now', async () => {
    await world.logIn('megan')
    await world.stopProvider()
    expect((await world.run(['whoami'], { startsAt: Date.now() + 3_400_000 })).code).toBe(0)
    expect((await world.run(['whoami'], { startsAt: Date.now() + 3_700_000 })).code).toBe(5)
  })

  it('gives a token for Graph, too, and renews once for all who ask at once', async () => {
    await world.logIn('adele')
    let asked = 0
    const found = await signedInTokens({
      io: {
        env: {},
        home: world.home,
        files: privateFiles(process.getuid?.() ?? null),
        fetch: (url, init) => {
          asked += 1
          return fetch(url, init)
        },
        interrupted: new AbortController().signal,
        sleep: () => Promise.resolve(),
        now: Date.now,
      },
      context: 'default',
      scopes: ['https://graph.microsoft.com/.default'],
    })()
    if (E.isLeft(found)) throw new Error(found.left._tag)
    const { tokens } = found.right
    const given = await Promise.all([tokens.current(), tokens.current(), tokens.current()])
    const texts = given.map(one => (E.isRight(one) ? one.right : one.left._tag))
    expect(new Set(texts).size).toBe(1)
    expect(decodeJwt(texts[0] ?? '')).toMatchObject({
      azp: letheCliClientId,
      aud: '00000003-0000-0000-c000-000000000000',
    })
    expect(asked).toBe(1)
    expect((await world.run(['whoami'])).code).toBe(0)
  })
})

describe('lethe logout', () => {
  it('erases all there is, and may be repeated', async () => {
    await world.logIn('megan')
    const { code, stdout } = await world.run(['logout', '-o', 'json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'default', account: null, tokenExpiryDateTime: null })
    expect(await readdir(stateOf())).toEqual([])
    expect(await readFile(join(world.home, '.config/lethe/contexts.json'), 'utf8')).not.toMatch(/megan|eyJ/)
    const after = await world.run(['whoami'])
    expect(after.code).toBe(4)
    expect(after.stderr).toContain('lethe login --context default')
    const again = await world.run(['logout'])
    expect([again.code, again.stderr]).toEqual([0, 'lethe: nobody was signed in.\n'])
  })

  it('ends what runs elsewhere once its token has to be renewed', async () => {
    await world.logIn('megan')
    await world.run(['whoami'])
    world.refused.add(lastToken())
    const { code, stderr } = await world.run(['whoami'], {
      fetch: async (url, init) => {
        if (url.pathname.endsWith('/me')) await world.run(['logout'])
        return fetch(url, init)
      },
    })
    expect([code, stderr.includes('Run lethe login --context default')]).toEqual([4, true])
    expect(await readdir(stateOf())).toEqual([])
  })

  it('stays done where another process renews', async () => {
    await world.logIn('megan')
    const page = await textAt(`${world.identity}/`)
    const { code } = await world.run(['whoami'], {
      startsAt: Date.now() + 3_400_000,
      fetch: async (url, init) => {
        if (url.pathname.endsWith('/token')) await world.run(['logout'])
        return fetch(url, init)
      },
    })
    expect([code, page !== '']).toEqual([0, true])
    expect(await readdir(stateOf())).toEqual([])
  })
})
