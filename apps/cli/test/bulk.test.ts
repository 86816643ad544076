import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { graphErrors } from '@lethe/graph-contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorAnswer } from './support/answers.js'
import { type BulkServer, startBulkServer } from './support/bulk-server.js'
import { readCsv } from './support/csv.js'
import { lethe, type World } from './support/fake-io.js'

let server: BulkServer
let folder: string
beforeEach(async () => {
  server = await startBulkServer()
  folder = await mkdtemp(join(tmpdir(), 'lethe-bulk-'))
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const userId = (n: number): string => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`
const ids = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, n) => userId(n + 1))
const batchId = '0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00'

const fileOf = async (text: string, name = 'people.csv'): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

/** Removes everybody in a file; the summary, and the rows of the results. */
const removeFile = async (path: string, options: ReadonlyArray<string> = [], world: World = {}) => {
  const ran = await lethe(server.url, ['remove', '--file', path, '--force', '-o', 'json', ...options], world)
  return { ...ran, summary: ran.stdout === '' ? null : summaryIn(ran.stdout) }
}

const summaryIn = (stdout: string): unknown => JSON.parse(stdout)

const resultsAt = async (path: string) =>
  readCsv(await readFile(path, 'utf8'))
    .slice(2)
    .toSorted(([one], [other]) => Number(one) - Number(other))

describe('lethe remove --file', () => {
  it('asks for everybody once, in one batch, and writes what became of each for its owner alone', async () => {
    const path = await fileOf(
      `userId,why\r\n${ids(45)
        .map(id => `${id},x`)
        .join('\r\n')}\r\n`,
    )

    const { code, summary, stderr } = await removeFile(path)

    expect(code).toBe(0)
    expect(summary).toMatchObject({ ids: 45, submitted: 45, refused: 0, results: `${path}.results.csv` })
    expect(server.kept.map(one => one.userId).toSorted()).toEqual(ids(45))
    expect(new Set(server.kept.map(one => one.batchId)).size).toBe(1)
    expect(server.batches).toBe(3)
    expect((await stat(`${path}.results.csv`)).mode & 0o777).toBe(0o600)
    const results = await resultsAt(`${path}.results.csv`)
    expect(results.map(([row, id, outcome]) => [Number(row), id, outcome])).toEqual(
      ids(45).map((id, index) => [index + 1, id, 'submitted']),
    )
    expect(stderr).toContain(`lethe batches approve ${server.kept[0]?.batchId ?? ''}`)
  })

  it('says what became of those who cannot be removed, and ends with 1', async () => {
    const [gone = '', own = '', twice = '', fine = ''] = ids(4)
    server.present = new Set([own, twice, fine])
    server.own.add(own)
    server.add(twice, null)
    const path = await fileOf([gone, own, twice, 'nonsense', '=1+1', fine].join('\n'))

    const { code, summary, stderr } = await removeFile(path, ['--column', '1'])

    expect(code).toBe(1)
    expect(summary).toMatchObject({
      ids: 6,
      submitted: 1,
      joined: 1,
      notFound: 1,
      notInbound: 1,
      malformed: 2,
    })
    expect((await resultsAt(`${path}.results.csv`)).map(([, id, outcome]) => [id, outcome])).toEqual([
      [gone, 'notFound'],
      [own, 'notInbound'],
      [twice, 'joined'],
      ['', 'malformed'],
      ['', 'malformed'],
      [fine, 'submitted'],
    ])
    expect(stderr).toContain('4 of the ids came to nothing')
  })

  it('looks up user principal names', async () => {
    server.names.set("o'neil@fabrikam.example", userId(7))
    const path = await fileOf("upn\nO'Neil@fabrikam.example\nnobody@fabrikam.example\n")

    const { summary } = await removeFile(path)

    expect(summary).toMatchObject({ submitted: 1, notFound: 1 })
    expect(server.kept.map(one => one.userId)).toEqual([userId(7)])
  })

  it.each<[string, string, ReadonlyArray<string>]>([
    ['a list of ids', '%1\n%2\n', []],
    ['a byte order mark and no line end', '\uFEFFuserId\n%1\n%2', []],
    ['semicolons', 'name;objectId\nBob;%1\nAnn;%2\n', []],
    ['tabs and a position', 'x\t%1\nx\t%2\n', ['--column', '2']],
    ['a name of a column', 'x,Person\nx,%1\nx,%2\n', ['--column', 'person']],
    ['quotes and line ends of both kinds', 'userId\r\n"%1"\r\n\n"%2"\n', []],
    ['names with commas among semicolons', 'name;userId\nBowen, Bob;%1\nVance, Adele;%2\n', []],
    ['spaces and upper case', 'userId\n %1 \n%2\n', []],
  ])('reads %s', async (_, text, options) => {
    const path = await fileOf(text.replace('%1', userId(1).toUpperCase()).replace('%2', userId(2)))

    const { code, summary } = await removeFile(path, options)

    expect(code).toBe(0)
    expect(summary).toMatchObject({ ids: 2, submitted: 2 })
  })

  it.each<[string, string, ReadonlyArray<string>, RegExp]>([
    ['has several columns and no hint', 'a,b\nc,d\n', [], /Which column holds the ids/],
    ['lacks the column', 'a,b\nc,d\n', ['--column', 'userId'], /no column of that name/],
    ['is narrower than the position', 'a\nb\n', ['--column', '3'], /has 1 columns/],
    [
      'breaks off within quotes',
      'userId\n"abc\n',
      [],
      /no CSV that can be read, after id 0: a quotation mark is opened and not closed/,
    ],
  ])('refuses a file that %s, before it asks for anything', async (_, text, options, why) => {
    const path = await fileOf(text)

    const { code, stderr } = await removeFile(path, options)

    expect(code).toBe(2)
    expect(stderr).toMatch(why)
    expect(server.submissions).toBe(0)
  })

  it('takes no cell for an id where a row is not as wide as the first one', async () => {
    const path = await fileOf(
      `name,managerId,userId\nBob,${userId(1)},${userId(2)}\nBowen, Bob,${userId(3)},${userId(4)}\n`,
    )

    const { code, summary } = await removeFile(path)

    expect(code).toBe(1)
    expect(summary).toMatchObject({ submitted: 1, malformed: 1 })
    expect(server.kept.map(one => one.userId)).toEqual([userId(2)])
  })

  it('takes no id that was mistyped for a heading', async () => {
    const path = await fileOf(`${userId(1).slice(1)}\n${userId(2)}\n`)

    const { code, summary } = await removeFile(path)

    expect(code).toBe(1)
    expect(summary).toMatchObject({ ids: 2, submitted: 1, malformed: 1 })
  })

  it('looks for a name on the next page, and says where it could not be looked up', async () => {
    server.names.set('ann@fabrikam.example', userId(7))
    server.namesOnSecondPage = true
    const path = await fileOf('upn\nann@fabrikam.example\nnobody@fabrikam.example\nbroken@fabrikam.example\n')
    server.nameInstead = name =>
      name === 'broken@fabrikam.example' ? errorAnswer(graphErrors.badRequest('No.')) : null

    const { summary } = await removeFile(path)

    expect(summary).toMatchObject({ submitted: 1, notFound: 1, refused: 1 })
    server.nameInstead = () => null
    server.names.set('broken@fabrikam.example', userId(8))
    expect((await removeFile(path)).summary).toMatchObject({ ids: 3, submitted: 2, refused: 0 })
  })

  it('says that there is no such file', async () => {
    const { code, stderr } = await removeFile(join(folder, 'none.csv'))

    expect(code).toBe(2)
    expect(stderr).toContain('there is none: ENOENT')
  })

  it('reads stdin', async () => {
    const results = join(folder, 'out.csv')
    const { code, summary, stderr } = await removeFile('-', ['--results', results], {
      pipedIn: [`${userId(1)}\n${userId(2).slice(0, 10)}`, `${userId(2).slice(10)}\n`],
    })

    expect(code).toBe(0)
    expect(summary).toMatchObject({ submitted: 2, results })
    expect(stderr).toMatch(/to go on after an interruption, add --batch [0-9a-f-]{36}/)
  })

  it.each([[[]], [['--dry-run']]])(
    'fails for an unknown id even where nobody reads the output (%j)',
    async more => {
      server.present = new Set()
      const { code } = await removeFile(await fileOf(userId(1)), more, { stdoutClosesAfter: 0 })

      expect(code).toBe(1)
    },
  )

  it('counts rows, and the requests that came of them', async () => {
    const path = await fileOf([userId(1), userId(2), userId(1)].join('\n'))

    const { summary } = await removeFile(path)

    expect(summary).toMatchObject({ ids: 3, submitted: 3, requests: 2 })
    server.present = new Set()
    const nobody = await removeFile(await fileOf(userId(3), 'nobody.csv'))
    expect(nobody.summary).toMatchObject({ ids: 1, notFound: 1, requests: 0 })
  })

  it('has nobody to ask for in an empty file', async () => {
    const { code, summary, stderr } = await removeFile(await fileOf(''))

    expect(code).toBe(0)
    expect(summary).toMatchObject({ ids: 0, batchId: null, results: null })
    expect(stderr).toBe('lethe: there are no ids in the file.\n')
  })

  it('asks first, where nobody said --force', async () => {
    const path = await fileOf(ids(3).join('\n'))
    const run = (types: string) =>
      lethe(server.url, ['remove', '--file', path], { stdinIsTerminal: true, types })

    const refused = await run('n')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('of the 3 people in')
    expect(server.submissions).toBe(0)
    expect((await run('y')).code).toBe(0)
    expect(server.kept).toHaveLength(3)
  })

  it('asks nobody who may not submit to wait for the end', async () => {
    server.operations = ['approve']
    const { code, stderr } = await removeFile(await fileOf(ids(3).join('\n')))

    expect(code).toBe(4)
    expect(stderr).toContain('may not submit')
    expect(server.batches).toBe(0)
  })
})

describe('a batch that is decided in the middle of a run', () => {
  /** Decides the batch as it is once so many are in it. */
  const decideAt = (count: number, more: () => void = () => undefined): void => {
    server.batchInstead = () => {
      const [first] = server.kept
      if (server.closed.size === 0 && server.kept.length >= count && first !== undefined) {
        server.closed.add(first.batchId ?? '')
        for (const one of server.kept) one.state = 'approved'
      }
      more()
      return null
    }
  }

  it('is gone on from under another id, once, which it says', async () => {
    const path = await fileOf(ids(300).join('\n'))
    decideAt(60)

    const { code, summary, stderr } = await removeFile(path)

    expect(code).toBe(0)
    const [one = '', two = ''] = new Set(server.kept.flatMap(({ batchId: id }) => id ?? []))
    expect(new Set(server.kept.map(({ batchId: id }) => id)).size).toBe(2)
    expect(stderr).toContain(`batch ${one} was decided, and takes nothing more: going on with batch ${two}.`)
    expect(stderr.match(/going on with batch/g)).toHaveLength(1)
    expect(stderr).toContain(`lethe batches approve ${two}`)
    expect(summary).toMatchObject({ ids: 300, submitted: 300, batchId: two })
    expect(server.kept.map(({ userId: id }) => id).toSorted()).toEqual(ids(300))
    const rows = await resultsAt(`${path}.results.csv`)
    const written = rows.filter(([, , outcome]) => outcome === 'submitted')
    expect(written.map(([, id, , , batch]) => `${id} ${batch}`).toSorted()).toEqual(
      server.kept.map(({ userId: id, batchId: batch }) => `${id} ${batch}`).toSorted(),
    )
  })

  it('is found again by the run that goes on from it, and nobody is asked for twice', async () => {
    const path = await fileOf(ids(200).join('\n'))
    const interruption = new AbortController()
    decideAt(60, () => {
      if (server.kept.length >= 140) interruption.abort()
    })
    expect((await removeFile(path, [], { interruption })).code).toBe(130)
    server.batchInstead = () => null
    // What was asked for with the first batch was denied meanwhile, and of one the answer was never heard.
    for (const one of server.kept.filter(({ state }) => state === 'approved')) one.state = 'denied'
    const results = `${path}.results.csv`
    const text = await readFile(results, 'utf8')
    const [lost = ''] = text.split('\r\n').filter(line => line.includes('submitted'))
    await writeFile(results, text.replace(`${lost}\r\n`, ''))

    const again = await removeFile(path)

    expect(again.code).toBe(0)
    expect(again.summary).toMatchObject({ ids: 200, submitted: 200, joined: 0 })
    expect(server.kept.map(({ userId: id }) => id).toSorted()).toEqual(ids(200))
    expect(new Set(server.kept.map(({ batchId: id }) => id)).size).toBe(2)
    const [one = ''] = server.kept.flatMap(({ batchId: id }) => id ?? [])
    expect((await removeFile(path, ['--batch', one])).code).toBe(0)
    expect((await removeFile(path, ['--batch', batchId])).code).toBe(2)
  })

  it('that is named and closed already is left for another one', async () => {
    server.add(userId(99), batchId)
    server.closed.add(batchId)
    const path = await fileOf(ids(3).join('\n'))

    const { code, stderr } = await removeFile(path, ['--batch', batchId])

    expect(code).toBe(0)
    expect(stderr).toContain(`batch ${batchId} was decided`)
    expect(server.kept.slice(1).every(({ batchId: id }) => id !== batchId)).toBe(true)
  })
})

describe('somebody whose open request cannot be read', () => {
  it('is refused, and keeps nobody else from being asked for', async () => {
    const unreadable = errorAnswer(
      graphErrors.conflict('The history of the removal request cannot be read, or was changed.'),
      {},
      { reason: 'requestUnreadable', missing: null },
    )
    server.itemInstead = id => (id === userId(2) ? unreadable : null)
    const path = await fileOf(ids(3).join('\n'))

    const { code, summary } = await removeFile(path)

    expect(code).toBe(1)
    expect(summary).toMatchObject({ submitted: 2, refused: 1 })
    expect(server.submissions).toBe(3)
  })
})

describe("somebody else's batch", () => {
  it('ends the run at once, and takes nothing', async () => {
    server.add(userId(99), batchId)
    server.others.add(batchId)
    const path = await fileOf(ids(30).join('\n'))

    const { code, stderr } = await removeFile(path, ['--batch', batchId])

    expect(code).toBe(4)
    expect(stderr).toContain(`Batch ${batchId} is somebody else's`)
    expect(server.kept).toHaveLength(1)
  })
})

describe('a run that is stopped', () => {
  it('goes on with the same command, and asks for nobody twice', async () => {
    const path = await fileOf(ids(200).join('\n'))
    const interruption = new AbortController()
    server.batchInstead = () => {
      if (server.kept.length >= 60) interruption.abort()
      return null
    }
    const first = await removeFile(path, [], { interruption })
    expect(first.code).toBe(130)
    expect(first.stderr).toContain('The same command goes on')
    expect(server.kept.length).toBeLessThan(200)
    server.batchInstead = () => null

    const second = await removeFile(path)

    expect(second.code).toBe(0)
    expect(second.stderr).toContain('going on with batch')
    expect(second.summary).toMatchObject({ ids: 200, submitted: 200, joined: 0 })
    expect(server.kept.map(one => one.userId).toSorted()).toEqual(ids(200))
    expect(new Set(server.kept.map(one => one.batchId)).size).toBe(1)
    expect((await resultsAt(`${path}.results.csv`)).map(([row]) => Number(row))).toEqual(
      ids(200).map((_, index) => index + 1),
    )
  })

  it('does nothing more once all is done', async () => {
    const path = await fileOf(ids(30).join('\n'))
    await removeFile(path)
    const before = server.submissions

    const again = await removeFile(path)

    expect(again.summary).toMatchObject({ ids: 30, submitted: 30 })
    expect(server.submissions).toBe(before)
  })

  it('sends again what was under way when the last line was cut off', async () => {
    const path = await fileOf(ids(30).join('\n'))
    await removeFile(path)
    const results = `${path}.results.csv`
    const text = await readFile(results, 'utf8')
    await writeFile(results, text.slice(0, -40))
    const lines = text.slice(0, -40).split('\n').length - 3

    const again = await removeFile(path)

    expect(server.submissions).toBe(30 + (30 - lines))
    expect(again.summary).toMatchObject({ ids: 30, submitted: 30, joined: 0 })
    expect(server.kept).toHaveLength(30)
  })

  it('is not mixed with another file', async () => {
    const path = await fileOf(ids(30).join('\n'))
    await removeFile(path)
    await writeFile(path, [userId(99), ...ids(30).slice(1)].join('\n'))

    const { code, stderr } = await removeFile(path)

    expect(code).toBe(2)
    expect(stderr).toContain('id 1 was another one')
    expect(server.kept).toHaveLength(30)
  })

  it.each<[string, string]>([
    ['something else', 'hello\n'],
    ['another CSV', 'row,id\n1,2\n'],
    ['nothing but a head', 'row,id,outcome,requestId,batchId\n'],
  ])('does not write into a file that is %s', async (_, text) => {
    const path = await fileOf(ids(3).join('\n'))
    const results = await fileOf(text, 'results.csv')
    await chmod(results, 0o644)

    const { code, stderr } = await removeFile(path, ['--results', results])

    expect(code).toBe(2)
    expect(stderr).toContain('is not a file of results: name another one')
    expect(await readFile(results, 'utf8')).toBe(text)
    expect((await stat(results)).mode & 0o777).toBe(0o644)
    expect(server.submissions).toBe(0)
  })

  it('is not taken for one of another server, tenant or date of receipt', async () => {
    const path = await fileOf(ids(3).join('\n'))
    await removeFile(path)
    const elsewhere = await startBulkServer()

    const other = await lethe(elsewhere.url, ['remove', '--file', path, '--force'])
    await elsewhere.close()

    expect(other.code).toBe(2)
    expect(other.stderr).toContain('has the results of another server')
    const later = await removeFile(path, ['--received', '2026-11-20'])
    expect(later.code).toBe(2)
    expect(later.stderr).toContain('another --received: give the same one to go on')
  })

  it('confirms a receipt of over a year ago with each id', async () => {
    const path = await fileOf(ids(2).join('\n'))
    const refused = await removeFile(path, ['--received', '2020-01-01'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('--received: 2020-01-01 is over a year ago.')
    expect(server.submissions).toBe(0)

    expect(await removeFile(path, ['--received', '2020-01-01', '--confirm-received'])).toMatchObject({
      code: 0,
    })
    expect(server.submissions).toBe(2)
    expect(server.receipt).toEqual({ receivedDateTime: '2020-01-01T00:00:00.000Z', receivedConfirmed: true })
  })

  it('ends where its results cannot be written', async () => {
    const { code, stderr } = await removeFile(await fileOf(ids(3).join('\n')), ['--results', '/dev/full'])

    expect(code).toBe(2)
    expect(stderr).toContain('ENOSPC')
    expect(server.submissions).toBe(0)
  })

  it('ends at once where the server says no, though more may come through the pipe', async () => {
    server.batchInstead = () => errorAnswer(graphErrors.badRequest('No.'))
    const { code } = await lethe(
      server.url,
      ['remove', '--file', '-', '--force', '--results', join(folder, 'o.csv')],
      {
        pipedIn: [`${ids(60).join('\n')}\n`],
        pipeStaysOpen: true,
      },
    )

    expect(code).toBe(2)
  })

  it('is not taken for that of another batch', async () => {
    const path = await fileOf(ids(3).join('\n'))
    await removeFile(path)

    const { code } = await removeFile(path, ['--batch', batchId])

    expect(code).toBe(2)
  })
})

describe('a server that is busy', () => {
  it('is asked again for what it put off, after as long as it says', async () => {
    let busy = 5
    server.itemInstead = id => {
      if (id !== userId(3) || busy === 0) return null
      busy -= 1
      return errorAnswer(graphErrors.throttled, { 'Retry-After': '7' })
    }
    const path = await fileOf(ids(10).join('\n'))

    const { code, summary, slept, stderr } = await removeFile(path)

    expect(code).toBe(0)
    expect(summary).toMatchObject({ submitted: 10 })
    expect(slept.filter(milliseconds => milliseconds >= 6900)).toHaveLength(5)
    expect(stderr.match(/asks to wait/g)).toHaveLength(1)
    expect(stderr).toContain('answers again')
  })

  it('is asked again where it is down, or the answer is lost after the work was done', async () => {
    const answers: Array<'lost' | ReturnType<typeof errorAnswer> | null> = [
      'lost',
      errorAnswer(graphErrors.serviceNotAvailable, { 'Retry-After': '2' }),
      'lost',
      errorAnswer(graphErrors.throttled),
    ]
    server.batchInstead = () => answers.shift() ?? null
    const path = await fileOf(ids(50).join('\n'))

    const { code, summary } = await removeFile(path)

    expect(code).toBe(0)
    expect(summary).toMatchObject({ submitted: 50, joined: 0 })
    expect(server.kept.map(one => one.userId).toSorted()).toEqual(ids(50))
  })

  it('is asked again where the token ended in the middle', async () => {
    let ended = 4
    server.itemInstead = () => {
      if (ended === 0) return null
      ended -= 1
      return errorAnswer(graphErrors.tokenExpired)
    }
    const { code, summary } = await removeFile(await fileOf(ids(10).join('\n')))

    expect(code).toBe(0)
    expect(summary).toMatchObject({ submitted: 10, refused: 0 })
  })

  it('ends the run where it fails, and where the operator may not submit any more', async () => {
    const path = await fileOf(ids(10).join('\n'))
    server.itemInstead = () => errorAnswer(graphErrors.unexpected)
    expect((await removeFile(path)).code).toBe(1)
    server.itemInstead = () => {
      server.operations = ['approve']
      return errorAnswer(graphErrors.requestDenied)
    }
    expect((await removeFile(path)).code).toBe(4)
    server.operations = ['submit']
    server.itemInstead = () => null

    expect((await removeFile(path)).summary).toMatchObject({ ids: 10, submitted: 10, notInbound: 0 })
  })

  it('is not asked for ever for what it leaves out', async () => {
    server.batchInstead = () => ({ status: 200, body: { responses: [] } })
    const { code, stderr } = await removeFile(await fileOf(ids(10).join('\n')))

    expect(code).toBe(1)
    expect(stderr).toContain('leaves out')
    expect(server.batches).toBe(1)
  })

  it('ends the run where it says no for good, and the rest can go on later', async () => {
    const path = await fileOf(ids(50).join('\n'))
    server.batchInstead = () => errorAnswer(graphErrors.tokenExpired)

    const refused = await removeFile(path)
    expect(refused.code).toBe(4)
    server.batchInstead = () => null

    expect((await removeFile(path)).summary).toMatchObject({ submitted: 50 })
  })
})

describe('lethe remove --file --dry-run', () => {
  it('says what would happen, and asks for nothing', async () => {
    const [gone = '', own = '', open = '', fine = ''] = ids(4)
    server.present = new Set([own, open, fine])
    server.own.add(own)
    server.add(open, null)
    server.names.set('ann@fabrikam.example', fine)
    const path = await fileOf(
      [gone, own, open, fine, 'ann@fabrikam.example', 'nobody@x.example', '?'].join('\n'),
    )

    const { code, summary } = await removeFile(path, ['--dry-run', '--column', '1'])

    expect(code).toBe(1)
    expect(summary).toEqual({
      requests: null,
      batchId: null,
      ids: 7,
      submitted: 0,
      joined: 0,
      found: 2,
      alreadyOpen: 1,
      notFound: 2,
      notInbound: 1,
      malformed: 1,
      refused: 0,
      results: null,
    })
    expect(server.submissions).toBe(0)
    expect(server.kept).toHaveLength(1)
  })

  it('writes who is what into a file that only its owner may read, and writes over none', async () => {
    const [gone = '', fine = ''] = ids(2)
    server.present = new Set([fine])
    const path = await fileOf([gone, fine, '=1+1'].join('\n'))
    const results = join(folder, 'preview.csv')

    const { summary } = await removeFile(path, ['--dry-run', '--results', results])
    const again = await removeFile(path, ['--dry-run', '--results', results])

    expect(summary).toMatchObject({ ids: 3, results })
    expect(readCsv(await readFile(results, 'utf8'))).toEqual([
      ['row', 'id', 'outcome'],
      ['1', gone, 'notFound'],
      ['2', fine, 'found'],
      ['3', '', 'malformed'],
    ])
    expect((await stat(results)).mode & 0o777).toBe(0o600)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('there is one already: EEXIST')
  })
})

describe('the options of lethe remove', () => {
  it.each<[ReadonlyArray<string>, RegExp]>([
    [['remove'], /Name who is to be removed/],
    [['remove', userId(1), '--file', 'x.csv'], /and not both/],
    [['remove', userId(1), '--dry-run'], /go with --file/],
    [['remove', userId(1), '--batch', batchId], /go with --file/],
    [['remove', '--file', ''], /takes the path/],
    [['remove', '--file', 'x.csv', '--wait=5'], /--wait is for single ids/],
    [['remove', '--file', 'x.csv', '--batch', 'mine'], /--batch takes a GUID/],
  ])('%j is a mistake', async (argv, why) => {
    const { code, stderr } = await lethe(server.url, argv)

    expect(code).toBe(2)
    expect(stderr).toMatch(why)
  })
})
