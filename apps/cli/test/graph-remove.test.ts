import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cutAfter } from './support/cut-history.js'
import {
  type GraphWorld,
  openGraphWorld,
  localUser,
  stranger,
  tenantId,
  user,
} from './support/graph-world.js'

let world: GraphWorld
beforeAll(async () => {
  world = await openGraphWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.misbehave({}))

let used = 0
/** A person whom no test has removed yet. */
const somebody = () => user((used += 1))

const history = async (...more: ReadonlyArray<string>): Promise<string> =>
  (await world.graph(['history', '-o', 'csv', ...more])).stdout

describe('a removal with broken glass', () => {
  it('removes, reads back, and says that no second person is asked', async () => {
    const who = somebody()
    const { code, stdout, stderr } = await world.remove(who, ['-o', 'json'])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(JSON.parse(stdout)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent', attempts: 1 })
    expect(stderr).toContain('No second person is asked')
    expect(stderr).toContain('LETHE_GRAPH_TOKEN says of itself, unverified')
    expect(await world.isThere(who)).toBe(false)
    expect(await world.graph(['history', '--verify'])).toMatchObject({ code: 0 })
  })

  it.each([
    ['without --break-glass', ['--reason', 'x'], 'say so with --break-glass'],
    ['without a reason', ['--break-glass'], '--reason is needed'],
    ['with a blank reason', ['--break-glass', '--reason', '  '], '--reason is needed'],
    ['with a reason that is too long', ['--break-glass', '--reason', 'x'.repeat(2001)], '--reason is needed'],
    ['with --force', ['--break-glass', '--reason', 'x', '--force'], 'unknown option'],
    ['from a pipe without --confirm', ['--break-glass', '--reason', 'x'], '--confirm <userId>', 'x'],
    [
      'with another id for --confirm',
      ['--break-glass', '--reason', 'x', '--confirm', stranger],
      'another userId',
    ],
  ])('%s is refused with 2, and nothing is sent', async (_, argv, message, typed?: string) => {
    const who = user(300)
    const ran = await world.graph(['remove', who, ...argv], { types: typed ?? null })
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain(message)
    expect(await world.isThere(who)).toBe(true)
  })

  it.each(['', 'y', 'yes', stranger, `{${user(300)}}`, `${user(300)} ${user(300)}`])(
    'on a terminal takes %j for a no',
    async types => {
      const who = user(300)
      const ran = await world.graph(['remove', who, '--break-glass', '--reason', 'x'], {
        types,
        stdinIsTerminal: true,
      })
      expect(ran).toMatchObject({ code: 1, stdout: '' })
      expect(ran.stderr).toContain('type the userId and nothing else')
      expect(await world.isThere(who)).toBe(true)
    },
  )

  it('on a terminal takes the id typed again for a yes', async () => {
    const who = somebody()
    const ran = await world.graph(['remove', who, '--break-glass', '--reason', 'x'], {
      types: ` ${who.toUpperCase()} `,
      stdinIsTerminal: true,
    })
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stderr).toContain('Type the userId again')
  })

  it('is given up with Ctrl-C at the question, and begins nothing', async () => {
    const before = await history()
    const interruption = new AbortController()
    const ran = await world.graph(['remove', user(300), '--break-glass', '--reason', 'x'], {
      interruption,
      types: null,
      stdinIsTerminal: true,
      whenAsked: () => interruption.abort(),
    })
    expect(ran).toMatchObject({ code: 130, stdout: '' })
    expect(await history()).toBe(before)
  })

  it('of somebody whose home is the tenant itself is refused with 1', async () => {
    const ran = await world.remove(localUser)
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    expect(ran.stderr).toContain('no inbound profile')
  })

  it('of somebody who is not there ends with 3, and leaves no trace in the history', async () => {
    const before = await history()
    expect(await world.remove(stranger)).toMatchObject({ code: 3, stdout: '' })
    expect(await history()).toBe(before)
  })

  it('tells calls without an id', async () => {
    const who = somebody()
    const { stderr } = await world.remove(who, ['--debug'])
    expect(stderr).toMatch(/POST \S+\/\{userId\}\/removePersonalData 204 \d+ ms request-id /)
    expect(stderr).not.toContain(who)
  })
})

describe('a Graph that misbehaves', () => {
  it.each(['resetAfter', 'status504', 'truncated'] as const)(
    'and loses the answer after the effect (%s) is settled by reading back, and called once',
    async ending => {
      const who = somebody()
      const before = world.twin.ledger.view()
      const ran = await world.graph(['remove', who, '--break-glass', '--reason', 'x', '--verbose'], {
        stdinIsTerminal: true,
        types: who,
        // The profile is read by now: what follows is the removal.
        whenAsked: () => world.misbehave({ endings: { [ending]: 1 } }),
        whileAsleep: () => world.misbehave({}),
      })
      expect(ran.stderr).toContain('nobody knows whether the removal took effect')
      expect(ran).toMatchObject({ code: 0 })
      expect(ran.stderr.match(/POST /g)).toHaveLength(1)
      expect(world.twin.ledger.view()).not.toEqual(before)
      expect(await history()).toContain('unknownOutcome')
    },
  )

  it('and stays unreadable ends with 1, and a second run completes without another call', async () => {
    const who = somebody()
    const ran = await world.graph(['remove', who, '--break-glass', '--reason', 'x', '--wait=2'], {
      stdinIsTerminal: true,
      types: who,
      whenAsked: () => world.misbehave({ endings: { resetAfter: 1 } }),
    })
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toContain('Nobody knows whether the removal took effect')
    world.misbehave({})
    const second = await world.remove(who, ['--verbose', '--query', 'outcome'])
    expect(second).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
    expect(second.stderr).toContain('a removal of this profile is open (removing)')
    expect(second.stderr).not.toContain('POST ')
  })

  it('and asks to wait is waited for, or the end is 5', async () => {
    const who = somebody()
    const throttled = { rate: { writesPerSecond: 0.05, burst: 1, retryAfter: true } }
    world.misbehave(throttled)
    await world.remove(somebody())
    const short = await world.remove(who, ['--wait=5'])
    expect(short).toMatchObject({ code: 5 })
    expect(short.stderr).toMatch(/Try again in \d+ s, and not before/)
    expect(await world.isThere(who)).toBe(true)
    const long = await world.remove(who, ['--wait=120'], { whileAsleep: () => world.pass(30_000) })
    expect(long).toMatchObject({ code: 0 })
  })

  it('and keeps showing the profile ends with 7 even where nobody reads the output any more', async () => {
    world.misbehave({ staysForSeconds: 60 })
    const ran = await world.remove(somebody(), ['--wait=1'], { stdoutClosesAfter: 0 })
    expect(ran).toMatchObject({ code: 7, stdout: '' })
    world.pass(61_000)
  })

  it('and keeps showing the profile ends with 7, and a later run completes it', async () => {
    const who = somebody()
    world.misbehave({ staysForSeconds: 60 })
    const first = await world.remove(who, ['--wait=10'])
    expect(first).toMatchObject({ code: 7 })
    expect(first.stderr).toContain('still shows after 10 s')
    world.pass(61_000)
    const second = await world.remove(who, ['--verbose', '--query', 'outcome'])
    expect(second).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
    expect(second.stderr).not.toContain('POST ')
  })

  it.each([
    ['status401', 'signInRequired'],
    ['status403', 'refused'],
  ] as const)(
    'and answers %s ends with 4, recorded, and a later run completes it',
    async (ending, reason) => {
      const who = somebody()
      const ran = await world.graph(['remove', who, '--break-glass', '--reason', 'x'], {
        stdinIsTerminal: true,
        types: who,
        whenAsked: () => world.misbehave({ endings: { [ending]: 1 } }),
      })
      expect(ran).toMatchObject({ code: 4 })
      expect(ran.stdout).toContain(`failureReason:     ${reason}`)
      world.misbehave({})
      const again = await world.remove(who, ['--query', 'outcome'])
      expect(again).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
      expect(again.stderr).toContain('is open (failed)')
    },
  )

  it.each([
    ['status401', 4],
    ['status403', 4],
    ['status503', 5],
  ] as const)('and answers %s to the look-up ends with %i, and begins nothing', async (ending, code) => {
    const before = await history()
    world.misbehave({ endings: { [ending]: 1 } })
    expect(await world.remove(user(300))).toMatchObject({ code, stdout: '' })
    expect(await history()).toBe(before)
  })

  it('and hangs is given up at Ctrl-C, recorded as unknown, and completed by a later run', async () => {
    const who = somebody()
    const interruption = new AbortController()
    const running = world.graph(['remove', who, '--break-glass', '--reason', 'x'], {
      interruption,
      stdinIsTerminal: true,
      types: who,
      whenAsked: () => world.misbehave({ endings: { hangAfter: 1 } }),
    })
    await expect.poll(() => history()).toContain('removalStarted')
    await expect.poll(() => world.isThere(who)).toBe(false)
    interruption.abort()
    const ran = await running
    expect(ran).toMatchObject({ code: 130 })
    expect(ran.stderr).toContain('is open in the local history')
    world.misbehave({})
    const second = await world.remove(who, ['--verbose'])
    expect(second).toMatchObject({ code: 0 })
    expect(second.stderr).not.toContain('POST ')
  })
})

/** Three looks, each at the profile that is gone and then at the collection. */
const absenceSeen = Array.from({ length: 6 }, () => 'GET')

describe('a process that ended in the middle', () => {
  it.each([
    ['after the intention', 'removalRequested', 'approved', ['GET', 'POST', ...absenceSeen]],
    ['after the start', 'removalStarted', 'removing', ['GET', 'GET', 'POST', ...absenceSeen]],
  ] as const)('%s is completed by the next, which asks Graph once', async (_, last, state, calls) => {
    const who = somebody()
    const began = await world.graph(
      ['remove', who, '--break-glass', '--reason', 'x', '--wait=0', '--query', 'id'],
      {
        types: who,
        stdinIsTerminal: true,
        whenAsked: () => world.misbehave({ endings: { status503: 1 } }),
      },
    )
    expect(began).toMatchObject({ code: 5 })
    world.misbehave({})
    await cutAfter(world, began.stdout.trim(), last)
    const ran = await world.remove(who, ['--verbose', '--query', 'outcome'])
    expect(ran).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
    expect(ran.stderr).toContain(`a removal of this profile is open (${state})`)
    expect(ran.stderr.match(/(?:GET|POST)(?= )/g)).toEqual(calls)
    expect(await world.graph(['history', '--verify'])).toMatchObject({ code: 0 })
  })
})

describe('the files of the history', () => {
  it('are the operator’s alone, and name nobody', async () => {
    const who = somebody()
    await world.remove(who)
    const folder = join(world.state, 'lethe', 'graph-history')
    const files = await readdir(folder, { recursive: true, withFileTypes: true })
    const found = files.map(file => join(file.parentPath, file.name))
    const modes = await Promise.all([folder, ...found].map(async path => (await stat(path)).mode & 0o077))
    expect(new Set(modes)).toEqual(new Set([0]))
    const texts = await Promise.all(
      files.filter(file => file.isFile()).map(file => readFile(join(file.parentPath, file.name), 'latin1')),
    )
    expect(texts.join('\n')).toContain('removalStarted')
    const chain = await readFile(join(folder, `${tenantId}.jsonl`), 'utf8')
    expect(chain).not.toContain('Ticket 4711')
    const everything = [...texts, await history()].join('\n')
    expect(everything).not.toContain(who)
    expect(everything).not.toContain('contoso')
    expect(everything).not.toContain(world.env['LETHE_GRAPH_TOKEN'])
  })
})

describe('the credential', () => {
  it.each([
    [{ LETHE_GRAPH_TOKEN: '' }, 4, 'Nobody is signed in to this tenant'],
    [{ LETHE_GRAPH_TENANT: '486fb458-9474-4c44-896b-b30942d055f0' }, 4, 'for another tenant'],
    [{ LETHE_GRAPH_TOKEN: 'opaque' }, 4, 'does not say for which tenant'],
    [
      { LETHE_GRAPH_TENANT: 'x', LETHE_GRAPH_URL: 'http://graph.example' },
      2,
      'LETHE_GRAPH_URL: expected an https',
    ],
    [{ LETHE_GRAPH_CLIENT_SECRET: 'x' }, 2, 'not both'],
    [{ LETHE_GRAPH_TOKEN: '', LETHE_GRAPH_CLIENT_ID: 'x' }, 4, 'Nobody is signed in to this tenant'],
  ])('%j ends with %i', async (env, code, message) => {
    const ran = await world.graph(['profiles', 'show', user(300)], { env })
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toContain(message)
  })

  it('may be that of an application', async () => {
    const env = {
      LETHE_GRAPH_TOKEN: '',
      LETHE_GRAPH_CLIENT_ID: world.clientId,
      LETHE_GRAPH_CLIENT_SECRET: world.clientSecret,
    }
    const ran = await world.remove(somebody(), ['--query', 'outcome'], { env })
    expect(ran).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
    const wrong = await world.remove(user(300), [], { env: { ...env, LETHE_GRAPH_CLIENT_SECRET: 'wrong' } })
    expect(wrong).toMatchObject({ code: 4 })
    expect(`${wrong.stdout}${wrong.stderr}`).not.toContain('wrong')
  })
})
