import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCsv } from './support/csv.js'
import { type GraphWorld, openGraphWorld, stranger, tenantId, user } from './support/graph-world.js'

const bob = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'

let world: GraphWorld
beforeAll(async () => {
  world = await openGraphWorld()
  for (const who of [user(1), user(2)]) await world.remove(who)
})
afterAll(() => world.stop())

const folder = (): string => join(world.state, 'lethe', 'graph-history')
const chain = (): string => join(folder(), `${tenantId}.jsonl`)

const commands: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ['profiles list', ['profiles', 'list', '--limit', '5']],
  ['profiles show', ['profiles', 'show', bob]],
  ['history', ['history']],
  ['history --verify', ['history', '--verify']],
]

describe.each(commands)('graph %s', (_, argv) => {
  it('is valid in every format', async () => {
    const json = await world.graph([...argv, '-o', 'json'])
    expect(json).toMatchObject({ code: 0 })
    expect(JSON.parse(json.stdout)).not.toBeNull()
    const [header, ...rows] = readCsv((await world.graph([...argv, '-o', 'csv'])).stdout)
    expect(rows.length).toBeGreaterThan(0)
    expect(new Set(rows.map(row => row.length))).toEqual(new Set([header?.length]))
    expect((await world.graph([...argv, '-o', 'md'])).stdout).toMatch(/^\|.*\|\n\|[ :|-]+\|\n\|/)
    expect((await world.graph([...argv, '-o', 'text'])).stdout).toMatch(/\S\n$/)
    expect(await world.graph([...argv, '-o', 'none'])).toMatchObject({ code: 0, stdout: '' })
    expect((await world.graph([...argv, '--query', 'type(@)'])).stdout).toMatch(/^(?:object|array)\n$/)
  })
})

describe('a removal', () => {
  it.each([
    ['json', /^\{[^]*"outcome": "verifiedAbsent"[^]*\}\n$/],
    ['csv', /^id,tenantId,state,[^]*verifiedAbsent/],
    ['md', /^\|[^]*verifiedAbsent/],
    ['none', /^$/],
  ])('is shown as %s', async (format, expected) => {
    const who = user(10 + ['json', 'csv', 'md', 'none'].indexOf(format))
    const { code, stdout } = await world.remove(who, ['-o', format])
    expect(code).toBe(0)
    expect(stdout).toMatch(expected)
  })
})

describe('graph profiles', () => {
  it('shows one, and ends with 3 where there is none', async () => {
    const found = await world.graph(['profiles', 'show', bob, '--query', 'displayName'])
    expect(found).toMatchObject({ code: 0, stdout: 'Bob\n' })
    expect(await world.graph(['profiles', 'show', stranger])).toMatchObject({ code: 3, stdout: '' })
  })

  it('lists all of them over several pages, each once, as they come', async () => {
    const writes: Array<string> = []
    const { code, stdout } = await world.graph(['profiles', 'list', '-o', 'csv', '--verbose'], {
      wrote: text => writes.push(text),
    })
    const ids = readCsv(stdout)
      .slice(1)
      .map(([id]) => id)
    expect(code).toBe(0)
    expect(ids.length).toBeGreaterThan(480)
    expect(new Set(ids).size).toBe(ids.length)
    expect(writes.length).toBeGreaterThan(2)
  })

  it('lists what a filter names, and at most so many', async () => {
    const filtered = await world.graph(['profiles', 'list', '--filter', `userId eq '${bob}'`, '-o', 'csv'])
    expect(readCsv(filtered.stdout)).toHaveLength(2)
    const limited = await world.graph(['profiles', 'list', '--limit', '3', '-o', 'csv'])
    expect(readCsv(limited.stdout)).toHaveLength(4)
  })

  it.each([
    ['--filter', 'userId gt 1'],
    ['--limit', '0'],
  ])('%s %s is a mistake', async (option, value) => {
    expect(await world.graph(['profiles', 'list', option, value])).toMatchObject({ code: 2, stdout: '' })
  })

  it('waits where Graph asks to, and says so where it goes on for too long', async () => {
    world.misbehave({ endings: { status429RetryAfter: 1 } })
    const ran = await world.graph(['profiles', 'list', '--limit', '1'])
    world.misbehave({})
    expect(ran).toMatchObject({ code: 5, stdout: '' })
    expect(ran.stderr).toContain('and not before')
    expect(ran.slept.length).toBeGreaterThan(0)
  })

  it('is interrupted with 130', async () => {
    const interruption = new AbortController()
    interruption.abort()
    expect(await world.graph(['profiles', 'list'], { interruption })).toMatchObject({ code: 130 })
  })
})

describe('graph history', () => {
  it('tells whose entries are whose for as long as the salts are there', async () => {
    const about = async (who: string) =>
      readCsv((await world.graph(['history', '--user', who, '-o', 'csv'])).stdout)
    const [header = [], ...rows] = await about(user(1))
    expect(rows.map(row => row[header.indexOf('event')])).toEqual([
      'removalRequested',
      'removalApproved',
      'removalStarted',
      'holderCleared',
      'absenceSeen',
      'absenceSeen',
      'readBackRecorded',
      'removalCompleted',
    ])
    expect(await about(stranger)).toHaveLength(1)
    const id = rows[0]?.[header.indexOf('removalId')] ?? ''
    await rm(join(folder(), `${tenantId}.erasable`, `${id}.json`))
    expect(await about(user(1))).toHaveLength(1)
    expect(await world.graph(['history', '--verify'])).toMatchObject({ code: 0 })
  })

  it('needs no token, and asks Graph nothing', async () => {
    const env = { LETHE_GRAPH_TOKEN: '', LETHE_GRAPH_URL: 'http://127.0.0.1:9' }
    expect(await world.graph(['history'], { env })).toMatchObject({ code: 0, stderr: '' })
  })

  it('of a tenant where nothing was done is empty and intact', async () => {
    const other = ['--tenant', '486fb458-9474-4c44-896b-b30942d055f0']
    expect(await world.graph(['history', ...other])).toMatchObject({
      code: 0,
      stderr: 'lethe: nothing found.\n',
    })
    expect(await world.graph(['history', '--verify', ...other])).toMatchObject({ code: 0 })
  })

  it('that was changed is shown up to there, and ends with 1 and the position', async () => {
    const whole = await readFile(chain(), 'utf8')
    const lines = whole.split('\n')
    await writeFile(chain(), lines.with(3, (lines[3] ?? '').replace('graph', 'other')).join('\n'))
    const listed = await world.graph(['history', '-o', 'csv'])
    const verified = await world.graph(['history', '--verify', '-o', 'json'])
    const unread = await world.graph(['history', '--verify'], { stdoutClosesAfter: 0 })
    const unreadList = await world.graph(['history', '-o', 'csv'], { stdoutClosesAfter: 0 })
    const removed = await world.remove(user(300))
    await writeFile(chain(), whole)
    expect(unreadList).toMatchObject({ code: 1, stdout: '' })
    expect(unread).toMatchObject({ code: 1, stdout: '' })
    expect(listed).toMatchObject({ code: 1 })
    expect(listed.stderr).toContain('NOT intact, from entry 4 on (contentDiffers)')
    expect(JSON.parse(verified.stdout)).toMatchObject({ intact: false, brokenAt: 4, entries: 3 })
    expect(verified).toMatchObject({ code: 1 })
    expect(removed).toMatchObject({ code: 1, stdout: '' })
    expect(await world.isThere(user(300))).toBe(true)
  })

  it('with half a line at its end says so, and the next removal sets it aside', async () => {
    await writeFile(chain(), '{"position":', { flag: 'a' })
    const verified = await world.graph(['history', '--verify'])
    expect(verified).toMatchObject({ code: 0 })
    expect(verified.stderr).toContain('only half written')
    expect((await world.remove(user(20))).stderr).toContain('it is set aside')
    expect(await readdir(folder())).toContain(`${tenantId}.set-aside`)
    expect(await world.graph(['history', '--verify'])).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([
    [['--user', 'x'], '--user takes a GUID'],
    [['--verify', '--user', user(1)], 'leave out --user'],
    [['--tenant', 'x'], 'expected the GUID of your tenant'],
  ])('%j is a mistake', async (argv, message) => {
    const ran = await world.graph(['history', ...argv])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain(message)
  })
})
