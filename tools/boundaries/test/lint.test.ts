import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProbedTree, probedTree } from './probed-tree.js'

const domain = 'packages/domain/src'
const purity = 'purity(no-clock-or-chance)'

/** A file that breaks one rule, and that rule. */
const broken = [
  [`${domain}/now.ts`, 'export const a = Date.now()', purity],
  [`${domain}/new-date.ts`, 'export const a = new Date()', purity],
  [`${domain}/date.ts`, 'export const a = Date()', purity],
  [`${domain}/random.ts`, 'export const a = Math.random()', purity],
  [`${domain}/computed.ts`, "export const a = Math['random']()", purity],
  [`${domain}/taken-apart.ts`, 'const { now } = Date\nexport const a = now()', purity],
  [`${domain}/random-apart.ts`, 'const { random } = Math\nexport const a = random()', purity],
  [`${domain}/alias.ts`, 'const D = Date\nexport const a = new D()', purity],
  [`${domain}/spread.ts`, 'export const a = [Date]', purity],
  [`${domain}/intl.ts`, "export const a = new Intl.DateTimeFormat('en').format()", purity],
  [`${domain}/timer.ts`, 'export const a = setTimeout', purity],
  [`${domain}/process.ts`, 'export const a = process', purity],
  [`${domain}/global.ts`, 'export const a = globalThis', purity],
  ['packages/application/src/now.ts', 'export const a = Date.now()', purity],
  ['packages/graph-contract/src/fetch.ts', 'export const a = fetch', purity],
  [
    'packages/adapter-memory/src/floating.ts',
    'const later = async () => 1\nexport const a = () => { later() }',
    'typescript(no-floating-promises)',
  ],
  [
    'packages/adapter-memory/src/default.ts',
    "export const a = (x: 'b' | 'c') => { switch (x) { case 'b': return 1; default: return 2 } }",
    'typescript(switch-exhaustiveness-check)',
  ],
  [
    'packages/adapter-memory/src/missing.ts',
    "export const a = (x: 'b' | 'c') => { switch (x) { case 'b': return 1 } return 2 }",
    'typescript(switch-exhaustiveness-check)',
  ],
  ['apps/api/src/any.ts', 'export const a: any = 1', 'typescript(no-explicit-any)'],
  [
    'apps/api/src/as.ts',
    "export const a = JSON.parse('1') as number",
    'typescript(consistent-type-assertions)',
  ],
  ['apps/api/src/bang.ts', 'export const a = (x: number | null) => x!', 'typescript(no-non-null-assertion)'],
  ['apps/api/src/ignore.ts', '// @ts-ignore\nexport const a = 1', 'typescript(ban-ts-comment)'],
  [
    'apps/api/src/reader.ts',
    "export * from 'fp-ts/lib/ReaderTaskEither.js'",
    'eslint(no-restricted-imports)',
  ],
  ['apps/api/src/root.ts', "export * from 'fp-ts'", 'eslint(no-restricted-imports)'],
  ['apps/api/src/deep.ts', "export * from '@lethe/domain/dist/index.js'", 'eslint(no-restricted-imports)'],
  ['apps/api/src/past-the-proxy.ts', "export const a = fetch('https://x')", 'eslint(no-restricted-globals)'],
  ['apps/api/src/exit.ts', 'process.exit(1)', 'unicorn(no-process-exit)'],
  [
    'apps/api/test/empty.test.ts',
    "import { it } from 'vitest'\nit('asserts nothing', () => {})",
    'vitest(expect-expect)',
  ],
  [
    'apps/api/test/skipped.test.ts',
    "import { expect, it } from 'vitest'\nit.skip('is skipped', () => { expect(1).toBe(1) })",
    'vitest(no-disabled-tests)',
  ],
] as const

const fine: Readonly<Record<string, string>> = {
  [`${domain}/given.ts`]: 'export const a = (milliseconds: number) => new Date(milliseconds).toISOString()',
  [`${domain}/type.ts`]: 'export const a = (date: Date) => Math.max(date.getTime(), 0)',
  [`${domain}/utc.ts`]: 'export const a = Date.UTC(2026, 0, 1)',
  [`${domain}/property.ts`]: 'export const a = (x: { readonly process: string }) => x.process',
}

const Report = t.type({ diagnostics: t.array(t.type({ filename: t.string, code: t.string })) })

describe('the lint rules', () => {
  let tree: ProbedTree
  let found: ReadonlySet<string>

  beforeAll(async () => {
    tree = await probedTree({
      ...fine,
      ...Object.fromEntries(broken.map(([path, content]) => [path, content])),
    })
    const report = Report.decode(
      JSON.parse(await tree.run('oxlint', ['--type-aware', '-f', 'json', 'packages', 'apps'])),
    )
    found = new Set(
      E.isRight(report) ? report.right.diagnostics.map(({ filename, code }) => `${filename} ${code}`) : [],
    )
  })
  afterAll(() => tree.remove())

  it.each(broken)('report %s: %s', (path, _content, rule) => {
    expect(found).toContain(`${path} ${rule}`)
  })

  it.each(Object.keys(fine))('let %s be', path => {
    expect([...found].filter(line => line.startsWith(`${path} `))).toEqual([])
  })
})
