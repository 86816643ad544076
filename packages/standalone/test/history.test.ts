import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHistory } from '../src/history/open-history.js'
import { readHistory, type ReadHistory } from '../src/history/read-history.js'
import { type HistoryPlace, historyPlace } from '../src/history/state-folder.js'
import { nextLine } from '../src/history/line.js'
import { requested } from './events.js'
import { newPlace, right, tenantId } from './making.js'

/** A history with so many removals in it. */
const written = async (removals: number): Promise<HistoryPlace> => {
  const place = await newPlace()
  const history = right(await openHistory(place, tenantId))
  for (let count = 0; count < removals; count += 1) right(await history.append(requested(), null))
  history.close()
  return place
}

const linesOf = async (place: HistoryPlace): Promise<ReadonlyArray<string>> =>
  (await readFile(place.lines, 'utf8')).split('\n').slice(0, -1)

const rewrite = (place: HistoryPlace, lines: ReadonlyArray<string>): Promise<void> =>
  // A character a byte: the entries are of ASCII, and what is added need not be text.
  writeFile(place.lines, lines.map(line => `${line}\n`).join(''), 'latin1')

const read = async (place: HistoryPlace): Promise<ReadHistory> =>
  right(await readHistory<never>(place, tenantId, () => Promise.resolve(E.right(undefined))))

const brokenIn = async (place: HistoryPlace) => (await read(place)).broken

const changed = (lines: ReadonlyArray<string>, index: number): ReadonlyArray<string> =>
  lines.with(index, (lines[index] ?? '').replaceAll('T10:00', 'T11:00'))

/** A second entry that fits its own history. */
const foreign = JSON.stringify(nextLine(nextLine(null, requested(), null), requested(), null))

describe('a local history', () => {
  it('is intact as it was written, over several openings', async () => {
    const place = await written(2)
    const again = right(await openHistory(place, tenantId))
    expect(again.lines).toHaveLength(2)
    right(await again.append(requested(), null))
    again.close()
    expect(await read(place)).toMatchObject({ broken: null, unfinished: null })
    expect(await linesOf(place)).toHaveLength(3)
  })

  it('is empty and intact where there is none, and reading it makes nothing', async () => {
    const place = await newPlace()
    expect(await read(place)).toMatchObject({ end: null, broken: null })
    await expect(stat(place.folder)).rejects.toThrow('ENOENT')
  })

  const tamperings: ReadonlyArray<
    readonly [string, (lines: ReadonlyArray<string>) => ReadonlyArray<string>, number, string]
  > = [
    ['a changed time', ls => ls.with(1, (ls[1] ?? '').replaceAll('T10:00', 'T11:00')), 2, 'contentDiffers'],
    ['something added', ls => ls.with(1, (ls[1] ?? '').replace('{', '{"x":1,')), 2, 'contentDiffers'],
    ['an entry left out', ls => ls.toSpliced(1, 1), 2, 'outOfSequence'],
    ['entries swapped', ls => [...ls.slice(0, 1), ...ls.slice(1).toReversed()], 2, 'outOfSequence'],
    ['no JSON', ls => ls.with(1, 'x'), 2, 'unreadable'],
    ['an entry cut off at the end, and one more', ls => ls.slice(0, 1), 2, 'headDiffers'],
    ['nothing left', () => [], 1, 'headDiffers'],
    ['a changed time in the last entry', ls => changed(ls, 2), 3, 'contentDiffers'],
    ['a changed time in the first entry', ls => changed(ls, 0), 1, 'contentDiffers'],
    ['the first entry left out', ls => ls.slice(1), 1, 'outOfSequence'],
    ['the last entry left out', ls => ls.slice(0, 2), 3, 'headDiffers'],
    ['an empty line', ls => ls.toSpliced(1, 0, ''), 2, 'unreadable'],
    ['a blank', ls => ls.with(1, `${ls[1] ?? ''} `), 2, 'contentDiffers'],
    ['line ends of Windows', ls => ls.map(line => `${line}\r`), 1, 'contentDiffers'],
    [
      'a name that is there twice',
      ls => ls.with(1, (ls[1] ?? '').replace('{', '{"note":"x",')),
      2,
      'contentDiffers',
    ],
    [
      'a number beyond all bounds',
      ls => ls.with(1, (ls[1] ?? '').replace('{', '{"x":1e400,')),
      2,
      'unreadable',
    ],
    [
      'a nesting without end',
      ls => ls.with(1, `{"x":${'['.repeat(90_000)}${']'.repeat(90_000)}}`),
      2,
      'unreadable',
    ],
    ['a line without end', ls => ls.with(1, 'x'.repeat(2_000_000)), 2, 'unreadable'],
    [
      'bytes that are no text',
      ls => ls.with(1, (ls[1] ?? '').replace('removal', '\xff')),
      2,
      'contentDiffers',
    ],
    ['the entry of another history', ls => ls.with(1, foreign), 2, 'previousHashDiffers'],
    ['the first entry written twice', ls => [ls[0] ?? '', ...ls], 2, 'outOfSequence'],
  ]
  it.each(tamperings)('shows %s', async (_, tamper, position, reason) => {
    const place = await written(3)
    await rewrite(place, tamper(await linesOf(place)))
    expect(await brokenIn(place)).toEqual({ _tag: 'LocalHistoryBroken', position, reason })
    expect(await openHistory(place, tenantId)).toEqual(
      E.left({ _tag: 'LocalHistoryBroken', position, reason }),
    )
  })

  it('shows one entry cut off at its end', async () => {
    const place = await written(3)
    await rewrite(place, (await linesOf(place)).slice(0, 2))
    expect(await brokenIn(place)).toMatchObject({ position: 3, reason: 'headDiffers' })
  })

  it('shows entries of another tenant', async () => {
    const place = await written(1)
    const other = tenantId.replace('7', '8')
    await rewrite(place, [(await linesOf(place))[0]?.replaceAll(tenantId, other) ?? ''])
    expect(await brokenIn(place)).toMatchObject({ position: 1 })
  })

  it.each(['', 'x', '{}'])('shows a head that says %j', async head => {
    const place = await written(2)
    await writeFile(place.head, head)
    expect(await brokenIn(place)).toMatchObject({ reason: 'headDiffers' })
  })

  it.each([
    ['is missing', null, 3],
    ['is two entries old', (head: string) => head.replace('3', '1'), 3],
    [
      'is of the last entry, with another hash',
      (head: string) => head.replace(/[0-9a-f]{64}/, 'a'.repeat(64)),
      3,
    ],
    ['is ahead', (head: string) => head.replace('3', '4'), 4],
  ] as const)('shows a head that %s', async (_, edit, position) => {
    const place = await written(3)
    const head = await readFile(place.head, 'utf8')
    await (edit === null ? rm(place.head) : writeFile(place.head, edit(head)))
    expect(await brokenIn(place)).toMatchObject({ position, reason: 'headDiffers' })
    expect(await openHistory(place, tenantId)).toMatchObject({ left: { _tag: 'LocalHistoryBroken' } })
  })

  it('shows what is as old as its head, once a later one is known', async () => {
    const place = await written(1)
    const old = await Promise.all([readFile(place.lines), readFile(place.head)])
    const history = right(await openHistory(place, tenantId))
    right(await history.append(requested(), null))
    history.close()
    await writeFile(place.lines, old[0])
    expect(await brokenIn(place)).toMatchObject({ position: 2, reason: 'headDiffers' })
    // Together they are a history of their own: only a head that somebody else keeps shows it.
    await writeFile(place.head, old[1])
    expect(await brokenIn(place)).toBeNull()
  })

  it('is intact to whoever reads it while another process adds more than one entry', async () => {
    const place = await written(1)
    const oldHead = await readFile(place.head)
    const history = right(await openHistory(place, tenantId))
    for (const events of [requested(), requested()]) right(await history.append(events, null))
    history.close()
    // The reader had the head before, and the entries after.
    const newHead = await readFile(place.head)
    await writeFile(place.head, oldHead)
    const found = await readHistory<never>(place, tenantId, async () =>
      E.right(await writeFile(place.head, newHead)),
    )
    expect(right(found)).toMatchObject({ broken: null, end: { position: 3 } })
  })

  it('ends where whoever takes its entries wants no more', async () => {
    const place = await written(3)
    const seen: Array<number> = []
    const refused = await readHistory<'enough'>(place, tenantId, ({ position }) => {
      seen.push(position)
      return Promise.resolve(position === 2 ? E.left('enough') : E.right(undefined))
    })
    expect(refused).toEqual(E.left('enough'))
    expect(seen).toEqual([1, 2])
  })

  it('lets a head be one entry behind, and brings it up', async () => {
    const place = await written(2)
    const head = await readFile(place.head, 'utf8')
    const history = right(await openHistory(place, tenantId))
    right(await history.append(requested(), null))
    history.close()
    await writeFile(place.head, head)
    expect(await brokenIn(place)).toBeNull()
    right(await openHistory(place, tenantId)).close()
    await rewrite(place, (await linesOf(place)).slice(0, 2))
    expect(await brokenIn(place)).toMatchObject({ reason: 'headDiffers' })
  })

  it('sets half a line aside wherever it was cut, and goes on', async () => {
    const place = await written(1)
    const before = (await stat(place.lines)).size
    const other = await written(1)
    const line = (await linesOf(other))[0] ?? ''
    for (const length of [1, 40, line.length - 1, line.length]) {
      await appendFile(place.lines, line.slice(0, length))
      expect((await read(place)).unfinished).toHaveLength(length)
      const history = right(await openHistory(place, tenantId))
      expect(history.setAside).toBe(true)
      history.close()
      expect((await stat(place.lines)).size).toBe(before)
      expect(await readFile(place.setAside, 'utf8')).toContain(`${line.slice(0, length)}\n`)
    }
    expect(await brokenIn(place)).toBeNull()
  })

  it('whose last entry was cut in the middle is no crash where the head knows better', async () => {
    const place = await written(2)
    await truncate(place.lines, (await stat(place.lines)).size - 10)
    expect(await brokenIn(place)).toMatchObject({ position: 2, reason: 'headDiffers' })
  })
})

describe('its files', () => {
  it.each(['folder', 'lines', 'head'] as const)('are refused where the %s is open to others', async which => {
    const place = await written(1)
    await chmod(place[which], which === 'folder' ? 0o755 : 0o644)
    const refused = { left: { _tag: 'LocalHistoryUnusable', reason: 'openToOthers' } }
    expect(await openHistory(place, tenantId)).toMatchObject(refused)
    // Whoever can write there can put all of it away: nothing is said of it either.
    expect(
      await readHistory<never>(place, tenantId, () => Promise.resolve(E.right(undefined))),
    ).toMatchObject(refused)
  })

  it('are not followed where they are symbolic links', async () => {
    const place = await written(1)
    await rm(place.lines)
    await symlink('/dev/null', place.lines)
    expect(await openHistory(place, tenantId)).toMatchObject({ left: { reason: 'openToOthers' } })
  })

  it.each(['lines', 'head', 'lock'] as const)(
    'do not hold anybody up where the %s is a pipe',
    async which => {
      const place = await written(1)
      await rm(place[which])
      execFileSync('mkfifo', ['-m', '600', place[which]])
      expect(await openHistory(place, tenantId)).toMatchObject({ left: { _tag: 'LocalHistoryUnusable' } })
    },
  )

  it('are where XDG says, or under the home folder', () => {
    const folder = (env: Record<string, string>) => historyPlace(env, tenantId)
    expect(folder({ HOME: '/home/x' })).toMatchObject({
      right: { folder: '/home/x/.local/state/lethe/graph-history' },
    })
    expect(folder({ HOME: '/home/x', XDG_STATE_HOME: 'relative' })).toMatchObject({
      right: { folder: '/home/x/.local/state/lethe/graph-history' },
    })
    expect(folder({})).toMatchObject({ left: { reason: 'noHome' } })
  })

  it('that cannot be written refuse, and every later entry with them', async () => {
    const place = await newPlace()
    const history = right(await openHistory(place, tenantId))
    onTestFinished(history.close)
    await mkdir(place.lines, { mode: 0o700 })
    expect(await history.append(requested(), null)).toMatchObject({ left: { _tag: 'LocalHistoryUnusable' } })
    await rm(place.lines, { recursive: true })
    expect(await history.append(requested(), null)).toMatchObject({ left: { _tag: 'LocalHistoryUnusable' } })
  })
})

describe('the lock', () => {
  it('lets one writer in, and the next once it is done', async () => {
    const place = await newPlace()
    const first = right(await openHistory(place, tenantId))
    expect(await openHistory(place, tenantId)).toEqual(E.left({ _tag: 'LocalHistoryBusy' }))
    first.close()
    right(await openHistory(place, tenantId)).close()
    expect(await brokenIn(place)).toBeNull()
  })

  it('of a process that was killed is free', async () => {
    const place = await newPlace()
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { openHistory } = await import(${JSON.stringify(distribution)})
         const opened = await openHistory(${JSON.stringify(place)}, ${JSON.stringify(tenantId)})
         console.log(opened._tag)
         setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    onTestFinished(() => void holder.kill('SIGKILL'))
    const said: ReadonlyArray<unknown> = await once(holder.stdout, 'data')
    expect(String(said[0])).toBe('Right\n')
    expect(await openHistory(place, tenantId)).toEqual(E.left({ _tag: 'LocalHistoryBusy' }))
    holder.kill('SIGKILL')
    await once(holder, 'close')
    right(await openHistory(place, tenantId)).close()
  })
})

const distribution = fileURLToPath(new URL('../dist/index.js', import.meta.url))
