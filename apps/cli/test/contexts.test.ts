import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCsv } from './support/csv.js'
import { openSignInWorld, playBrowser, type SignInWorld } from './support/sign-in-world.js'

let world: SignInWorld
beforeEach(async () => {
  world = await openSignInWorld()
})
afterEach(() => world.close())

const config = () => join(world.home, '.config/lethe')
const contexts = () => join(config(), 'contexts.json')
const state = () => join(world.home, '.local/state/lethe')
const signIn = (name = 'default') => join(state(), `sign-in-${name}.json`)
const run = (line: string, env: Readonly<Record<string, string>> = {}) =>
  world.run(
    line.split(' ').map(word => word.replace('SERVER', world.api.url)),
    { env },
  )
const named = async (): Promise<string> =>
  (await run("context list --query [].join(':',[name,to_string(current)]) -o text")).stdout

describe('contexts', () => {
  it('are made, listed, chosen and forgotten', async () => {
    expect((await run('context list -o json')).stdout).toBe('[]\n')
    expect((await run('context set a --server SERVER')).code).toBe(0)
    expect((await run('context set b --server https://b.example/ --tenant b.example')).code).toBe(0)
    expect(await named()).toBe('a:true\nb:false\n')
    expect((await run('context use b')).code).toBe(0)
    expect(await named()).toBe('a:false\nb:true\n')
    const { stdout } = await run('context list -o csv')
    expect(readCsv(stdout).map(row => row.slice(0, 4))).toEqual([
      ['name', 'current', 'server', 'tenant'],
      ['a', 'false', world.api.url, ''],
      ['b', 'true', 'https://b.example', 'b.example'],
    ])
    expect((await run('context remove b')).code).toBe(0)
    expect(await named()).toBe('a:false\n')
  })

  it.each(['text', 'json', 'csv', 'md', 'none'])('are shown as %s', async format => {
    const { code, stdout } = await run(`context set a --server SERVER -o ${format}`)
    expect([code, stdout.includes(world.api.url)]).toEqual([0, format !== 'none'])
  })

  it.each([
    ['context use nobody', 2, 'There is no context nobody'],
    ['context remove nobody', 2, 'There is no context nobody'],
    ['whoami --context nobody', 2, 'There is no context nobody'],
    ['logout --context nobody', 2, 'There is no context nobody'],
    ['context set ../x --server https://x.example', 2, 'lower-case'],
    ['context set __proto__ --server https://x.example', 2, 'lower-case'],
    ['login --context X --device-code', 2, 'lower-case'],
    ['context set x', 2, 'needs --server'],
    ['context set x --server http://x.example', 2, 'plain http'],
    ['context set x --server https://x.example --tenant a/b', 2, 'tenant'],
    ['login --device-code --no-browser', 2, '--no-browser'],
    ['whoami', 4, 'Nobody is signed in. Run lethe login'],
  ])('%s ends with %i', async (line, code, message) => {
    const ran = await run(line)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
    expect(ran.stderr).toContain(message)
  })

  it('are chosen by name, then by server, then the current one', async () => {
    await world.logIn('megan')
    await world.logIn('adele', ['--context', 'second'])
    const accountOf = async (line: string, env = {}) =>
      (await run(`${line} --query account -o text`, env)).stdout.trim()
    expect(await accountOf('whoami')).toBe('adele@contoso.example')
    expect(await accountOf('whoami --context default')).toBe('megan@contoso.example')
    expect(await accountOf('whoami', { LETHE_CONTEXT: 'default' })).toBe('megan@contoso.example')
    await run('context set third --server https://third.example')
    await run('context use third')
    expect(await accountOf('whoami --server SERVER')).toBe('megan@contoso.example')
    const nobody = await run('whoami')
    expect([nobody.code, nobody.stderr.includes('lethe login --context third')]).toEqual([4, true])
  })

  it('are those of the command line, where the environment says another server or context', async () => {
    await world.logIn('megan')
    await run('context set third --server https://third.example')
    const accountOf = async (line: string, env: Readonly<Record<string, string>>) =>
      (await run(`${line} --query account -o text`, env)).stdout.trim()
    const third = { LETHE_SERVER: 'https://third.example' }
    expect(await accountOf('whoami --context default', third)).toBe('megan@contoso.example')
    expect(await accountOf('whoami --server SERVER', { LETHE_CONTEXT: 'third' })).toBe(
      'megan@contoso.example',
    )
    expect(await accountOf('whoami --server SERVER', third)).toBe('megan@contoso.example')
    const both = await run('whoami --context third --server SERVER')
    expect([both.code, both.stdout]).toEqual([4, ''])
    const given = { ...third, LETHE_TOKEN: 'x' }
    await run('requests list --context default --limit 1', given)
    expect(world.tokens.at(-1)).toBe('x')
    expect((await run('logout --context default', third)).stdout).toContain('default')
  })

  it('that are new are for the server of the environment', async () => {
    const { stdout } = await world.run(
      ['login', '--context', 'fresh', '--no-browser', '--query', 'server', '-o', 'text'],
      {
        env: { LETHE_SERVER: world.api.url },
        warned: text => {
          const url = /open (\S+)/.exec(text)?.[1]
          if (url !== undefined) void playBrowser(new URL(url), 'adele')
        },
      },
    )
    expect(stdout.trim()).toBe(world.api.url)
  })

  it('lose their sign-in with their server', async () => {
    await world.logIn('megan')
    await run('context set default --server https://other.example')
    expect(await readdir(state())).toEqual([])
  })

  it('are shown a last time when they are forgotten, in the form that was asked for', async () => {
    await world.logIn('megan')
    const { code, stdout } = await run('context remove default -o json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'default', current: false, account: null })
    expect((await run('context list -o json')).stdout).toBe('[]\n')
  })

  it('lose their sign-in with themselves', async () => {
    await world.logIn('megan')
    expect((await run('context remove default')).code).toBe(0)
    expect(await readdir(state())).toEqual([])
  })

  it('keep their sign-in where nothing changes', async () => {
    await world.logIn('megan')
    expect((await run('context set default --server SERVER')).stdout).toContain('megan@contoso.example')
  })

  it('do not send a sign-in elsewhere where their file was changed by hand', async () => {
    await world.logIn('megan')
    const text = await readFile(contexts(), 'utf8')
    await writeFile(contexts(), text.replaceAll(world.api.url, 'https://elsewhere.example'))
    const { code, stderr } = await run('whoami')
    expect(code).toBe(4)
    expect(stderr).toContain('must not get it')
    expect((await run('context list --query [0].account -o json')).stdout).toBe('null\n')
  })

  it('are named after their hosts, but for the first', async () => {
    await world.logIn('megan')
    const other = await openSignInWorld()
    try {
      const { code } = await world.run(['login', '--server', other.api.url], {
        stderrIsTerminal: true,
        openBrowser: url => {
          void playBrowser(url, 'adele')
          return true
        },
      })
      expect(code).toBe(0)
      expect(await named()).toBe(`${new URL(other.api.url).host.replace(':', '-')}:true\ndefault:false\n`)
    } finally {
      await other.close()
    }
  })
})

describe('files', () => {
  it.each([
    ['the contexts', () => contexts(), 0o644, 'chmod 600'],
    ['the folder of the contexts', () => config(), 0o755, 'chmod 700'],
    ['the sign-in', () => signIn(), 0o640, 'chmod 600'],
    ['the folder of the sign-ins', () => state(), 0o750, 'chmod 700'],
  ])('are not used where others may see %s', async (_, path, mode, remedy) => {
    await world.logIn('megan')
    await chmod(path(), mode)
    const { code, stderr } = await run('whoami')
    expect(code).toBe(4)
    expect(stderr).toContain(`${remedy} ${path()}`)
    expect(world.tokens).toEqual([])
  })

  it('that are open to others are erased all the same', async () => {
    await world.logIn('megan')
    await chmod(signIn(), 0o644)
    expect((await run('logout')).code).toBe(0)
    expect(await readdir(state())).toEqual([])
  })

  it.each(['', '{', '[]', '{"current":"a","contexts":{"a":{"server":"http://far.example","tenant":null}}}'])(
    'of contexts that hold %j are reported, and left as they are',
    async text => {
      await mkdir(config(), { recursive: true, mode: 0o700 })
      await writeFile(contexts(), text, { mode: 0o600 })
      const { code, stderr } = await run('context use a')
      expect(code).toBe(1)
      expect(stderr).toContain(`${contexts()} does not hold what lethe wrote`)
      expect(await readFile(contexts(), 'utf8')).toBe(text)
    },
  )

  it('of a sign-in that hold something else are reported, and written anew by a login', async () => {
    await world.logIn('megan')
    await writeFile(signIn(), '{"cache":1}')
    const { code, stderr } = await run('whoami')
    expect(code).toBe(1)
    expect(stderr).toContain('delete it and sign in again')
    expect((await world.logIn('megan')).code).toBe(0)
  })

  it('may be a folder or a link to nothing, and nothing breaks', async () => {
    await mkdir(contexts(), { recursive: true, mode: 0o700 })
    await chmod(config(), 0o700)
    expect((await run('context list')).code).toBe(1)
    await mkdir(state(), { recursive: true, mode: 0o700 })
    await symlink('/nowhere/at/all', signIn())
    expect((await run('context list')).code).toBe(1)
  })

  it('are where XDG says, unless that is no absolute path', async () => {
    const elsewhere = join(world.home, 'elsewhere')
    await run('context set a --server SERVER', { XDG_CONFIG_HOME: elsewhere })
    expect(await readdir(join(elsewhere, 'lethe'))).toEqual(['contexts.json'])
    await run('context set a --server SERVER', { XDG_CONFIG_HOME: 'relative' })
    expect(await readdir(config())).toEqual(['contexts.json'])
  })

  it('are nowhere where there is no home, and never in the folder that lethe is called in', async () => {
    const folder = process.cwd()
    const inHome = { home: '', env: { XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' } }
    const before = await readdir(folder)
    const made = await world.run(['context', 'set', 'a', '--server', world.api.url], inHome)
    expect([made.code, made.stderr.includes('(no home folder)')]).toEqual([1, true])
    expect((await world.run(['context', 'list', '-o', 'json'], inHome)).stdout).toBe('[]\n')
    expect(await readdir(folder)).toEqual(before)
  })

  it('are not looked at where LETHE_TOKEN and the server are given', async () => {
    await mkdir(config(), { recursive: true, mode: 0o777 })
    await writeFile(contexts(), 'nonsense')
    const { stderr } = await run('requests list --limit 1', {
      LETHE_TOKEN: 'abc.def.ghi',
      LETHE_SERVER: world.api.url,
    })
    expect(stderr).not.toContain('contexts.json')
  })
})
