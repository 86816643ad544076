import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { unknownSettings } from '@lethe/api'
import { describe, expect, test } from 'vitest'

const root = new URL('../../../', import.meta.url)
const read = (path: string) => readFile(new URL(path, root), 'utf8')
const deployed = (await readdir(new URL('deploy/', root))).map(name => `deploy/${name}`)
const pages = ['docs/operations.md', 'docs/upkeep.md', 'docs/alarms.md', 'SECURITY.md']

/** What a file in apps/api/src logs at a level that somebody is to look at. */
const alarmsIn = (source: string): ReadonlyArray<string> =>
  [...source.matchAll(/\blog\.(?:warn|error|fatal)\(/g)].flatMap(({ index }) => {
    // Texts that are a whole argument, or a branch of one.
    const call = source.slice(index, endOf(source, index) + 1)
    return [...call.matchAll(/(?<=(?:^log\.\w+\(|[,?:])\s*)'([^'\n]+)'(?=\s*[,):])/g)].flatMap(
      ([, text]) => text ?? [],
    )
  })

/** Each word of a text that stands in quotes by itself. */
const wordsIn = (text: string, quote = "'"): ReadonlyArray<string> =>
  [...text.matchAll(new RegExp(`${quote}(\\w+)${quote}`, 'g'))].flatMap(([, word]) => word ?? [])

/** Where the call that begins here ends. */
const endOf = (source: string, from: number): number => {
  let depth = 0
  for (let at = source.indexOf('(', from); at < source.length; at += 1) {
    if (source[at] === '(') depth += 1
    if (source[at] === ')') depth -= 1
    if (depth === 0) return at
  }
  return source.length
}

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-')

describe('what operators go by', () => {
  test.each([...pages, ...deployed])('%s names no setting that there is not', async path => {
    const names = (await read(path)).match(/\bLETHE_[A-Z_]*[A-Z]\b(?!\.\*)/g) ?? []
    expect(unknownSettings(Object.fromEntries(names.map(name => [name, ''])))).toEqual(
      // The image of compose.yaml is no setting of Lethe.
      path === 'deploy/compose.yaml' ? ['LETHE_IMAGE'] : [],
    )
  })

  test.each(pages)('%s has links that lead somewhere', async path => {
    const links = [...(await read(path)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => link ?? [])
    const broken: Array<string> = []
    for (const link of links.filter(each => !each.startsWith('https:'))) {
      const target = new URL(link, new URL(path, root))
      const text = await readFile(new URL(target.pathname, target), 'utf8')
      const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => `#${anchorOf(heading)}`)
      if (!['', ...anchors].includes(target.hash)) broken.push(link)
    }
    expect(links).not.toEqual([])
    expect(broken).toEqual([])
  })

  test.each(['docs/operations.md', 'docs/upkeep.md'])(
    'every command of %s can be read by a shell',
    async path => {
      const blocks = [...(await read(path)).matchAll(/^```sh\n(.*?)^```$/gms)]
      expect(blocks.length).toBeGreaterThan(3)
      for (const [, script = ''] of blocks) await promisify(execFile)('bash', ['-n', '-c', script])
    },
  )

  test('every alarm in the log has a row that says what to do', async () => {
    const folder = new URL('apps/api/src/', root)
    const sources = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.ts'))
    const alarms = new Set<string>()
    for (const name of sources)
      for (const alarm of alarmsIn(await readFile(new URL(name, folder), 'utf8'))) alarms.add(alarm)
    expect(alarms.size).toBeGreaterThan(15)
    const page = await read('docs/alarms.md')
    const rows = page.split('\n').filter(line => line.startsWith('| `'))
    const described = rows.flatMap(row =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, text]) => text),
    )
    expect([...alarms].filter(alarm => !described.includes(alarm))).toEqual([])
  })

  test('every word of its own that Lethe gives for an outage is explained', async () => {
    const source = await read('packages/adapter-postgres/src/problems.ts')
    const [, notReady = ''] =
      /^export type NotReady = (.*)$/m.exec(await read('packages/adapter-postgres/src/gate.ts')) ?? []
    const [ofPasswords = ''] = /readonly code: 'password.*/.exec(source) ?? []
    const codes = [
      ...[...source.matchAll(/^  \['[^\n]*', '(\w+)'\],$/gm)].flatMap(([, code]) => code ?? []),
      ...wordsIn(ofPasswords),
      'notAuthenticated',
      'notMigrated',
      'standby',
    ]
    const reasons = [...wordsIn(notReady), 'stopping', 'worker']
    expect(new Set(codes).size).toBe(9)
    expect(reasons).toHaveLength(6)

    const page = await read('docs/alarms.md')
    const explained = page.split('\n').flatMap(row => wordsIn(row.split(' | ')[0] ?? '', '`'))
    expect(codes.filter(code => !explained.includes(code))).toEqual([])
    expect(reasons.filter(reason => !page.includes(`| \`reason\`: \`${reason}\``))).toEqual([])
  })

  test('the page on operations names each file of deploy/', async () => {
    const operations = await read('docs/operations.md')
    for (const name of deployed.filter(each => !each.endsWith('.dockerignore')))
      expect(operations).toContain(name)
  })
})
