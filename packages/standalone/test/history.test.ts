import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openHistory } from '../src/history/open-history.js'
import { readHistory } from '../src/history/read-history.js'
import { type HistoryPlace, historyPlace } from '../src/history/state-folder.js'
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
  writeFile(place.lines, lines.map(line => `${line}\n`).join(''))

const brokenIn = async (place: HistoryPlace) => right(await readHistory(place, tenantId)).broken

describe('a local history', () => {
  it('is intact as it was written, over several openings', async () => {
    const place = await written(2)
    const again = right(await openHistory(place, tenantId))
    expect(again.lines).toHaveLength(2)
    right(await again.append(requested(), null))
    again.close()
    expect(right(await readHistory(place, tenantId))).toMatchObject({ broken: null, unfinished: '' })
    expect(await linesOf(place)).toHaveLength(3)
  })

  it('is empty and intact where there is none, and reading it makes nothing', async () => {
    const place = await newPlace()
    expect(right(await readHistory(place, tenantId))).toMatchObject({ lines: [], broken: null })
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
    ['an entry cut off at the end, and one more', ls => ls.slice(0, 1), 1, 'headDiffers'],
    ['nothing left', () => [], 1, 'headDiffers'],
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
    expect(await brokenIn(place)).toMatchObject({ position: 2, reason: 'headDiffers' })
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
      expect(right(await readHistory(place, tenantId)).unfinished).toHaveLength(length)
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
    expect(await brokenIn(place)).toMatchObject({ position: 1, reason: 'headDiffers' })
  })
})

describe('its files', () => {
  it.each(['folder', 'lines', 'head'] as const)('are refused where the %s is open to others', async which => {
    const place = await written(1)
    await chmod(place[which], which === 'folder' ? 0o755 : 0o644)
    expect(await openHistory(place, tenantId)).toMatchObject({
      left: { _tag: 'LocalHistoryUnusable', reason: 'openToOthers' },
    })
  })

  it('are not followed where they are symbolic links', async () => {
    const place = await written(1)
    await rm(place.lines)
    await symlink('/dev/null', place.lines)
    expect(await openHistory(place, tenantId)).toMatchObject({ left: { reason: 'openToOthers' } })
  })

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
