import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as t from 'io-ts'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { decoded } from './support/decoded.js'
import { type GraphWorld, openGraphWorld, tenantId, user } from './support/graph-world.js'

let world: GraphWorld
let template: string
let lines: ReadonlyArray<string>
let codes: ReadonlyArray<number>
const who = user(1)

const nameOf = (end: string) => join('lethe', 'graph-history', `${tenantId}${end}`)
const Line = t.type({ position: t.number, hash: t.string })
const headOf = (line: string): string => {
  const { position, hash } = decoded(Line, JSON.parse(line))
  return JSON.stringify({ position, hash })
}

/** A removal that had to look twice: its answer was lost, and the profile stayed for a while. */
beforeAll(async () => {
  world = await openGraphWorld()
  world.misbehave({})
  const began = await world.graph(['remove', who, '--break-glass', '--reason', 'x', '--wait=2'], {
    stdinIsTerminal: true,
    types: who,
    whenAsked: () => world.misbehave({ endings: { resetBefore: 1 } }),
  })
  world.misbehave({ staysForSeconds: 60 })
  const waited = await world.remove(who, ['--wait=10'])
  world.pass(61_000)
  const ended = await world.remove(who)
  codes = [began, waited, ended].map(({ code }) => code)
  template = await mkdtemp(join(tmpdir(), 'lethe-crashes-'))
  await cp(world.state, template, { recursive: true })
  lines = (await readFile(join(template, nameOf('.jsonl')), 'utf8')).split('\n').slice(0, -1)
})
afterAll(async () => {
  await world.stop()
  await rm(template, { recursive: true, force: true })
})

it('has a history with each kind of step', () => {
  expect(codes).toEqual([1, 7, 0])
  const events = [
    'removalRequested',
    'removalStarted',
    'unknownOutcome',
    'holderCleared',
    'present',
    'absent',
  ]
  for (const event of events) expect(lines.join('\n')).toContain(event)
})

/** What a process left that ended after so many entries. */
const ends = {
  'after its head': (k: number) => ({ text: lines.slice(0, k), half: '', head: k }),
  'before its head': (k: number) => ({ text: lines.slice(0, k), half: '', head: k - 1 }),
  'in the middle of the next one': (k: number) => ({
    text: lines.slice(0, k),
    half: (lines[k] ?? lines[0] ?? '').slice(0, 300),
    head: k,
  }),
} as const

const restore = async (folder: string, { text, half, head }: ReturnType<(typeof ends)['after its head']>) => {
  await cp(template, folder, { recursive: true })
  await writeFile(join(folder, nameOf('.jsonl')), `${text.map(line => `${line}\n`).join('')}${half}`)
  const headFile = join(folder, nameOf('.head.json'))
  await (head === 0 ? rm(headFile) : writeFile(headFile, headOf(text[head - 1] ?? '')))
}

const names = ['after its head', 'before its head', 'in the middle of the next one'] as const

it.each(names.flatMap(end => [1, 2, 3, 4, 5, 6, 7].map(entries => ({ end, entries }))))(
  'is completed after a process that ended $end, $entries entries in',
  async ({ end, entries }) => {
    const folder = await mkdtemp(join(tmpdir(), 'lethe-crash-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await restore(folder, ends[end](entries))
    const env = { XDG_STATE_HOME: folder }
    const check = await world.graph(['history', '--verify', '--query', '[intact, entries]', '-o', 'json'], {
      env,
    })
    expect(JSON.parse(check.stdout)).toEqual([true, entries])
    const ran = await world.remove(who, ['--verbose', '--query', 'outcome'], { env })
    expect(ran).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
    // Only what was never begun is sent; all else is looked at, and found gone.
    expect(ran.stderr.match(/POST /g)?.length ?? 0).toBe(entries === 1 ? 1 : 0)
    expect(await world.graph(['history', '--verify'], { env })).toMatchObject({ code: 0 })
  },
)

it('is over after its last entry', async () => {
  expect(await world.remove(who)).toMatchObject({ code: 3 })
  expect(lines.length).toBeGreaterThan(7)
})
