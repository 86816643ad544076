import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProbedTree, probedTree } from './probed-tree.js'

/** A file that breaks one rule, and that rule. */
const broken = [
  ['packages/domain/src/a.ts', "import 'node:fs'", 'domain-imports-fp-ts-and-io-ts-only'],
  ['packages/domain/src/b.ts', "import 'fp-ts/lib/TaskEither.js'", 'domain-imports-fp-ts-and-io-ts-only'],
  ['packages/domain/src/c.ts', "import 'fp-ts/lib/IO.js'", 'domain-imports-fp-ts-and-io-ts-only'],
  ['packages/domain/src/d.ts', "import 'fp-ts/lib/Date.js'", 'domain-imports-fp-ts-and-io-ts-only'],
  ['packages/domain/src/e.ts', "import 'fp-ts/lib/Random.js'", 'domain-imports-fp-ts-and-io-ts-only'],
  ['packages/domain/src/f.ts', "import '../../application/src/ok.js'", 'domain-imports-fp-ts-and-io-ts-only'],
  ['packages/application/src/a.ts', "import 'node:crypto'", 'application-imports-domain-and-fp-ts-only'],
  ['packages/application/src/b.ts', "import 'io-ts'", 'application-imports-domain-and-fp-ts-only'],
  ['packages/application/src/d.ts', "import 'fp-ts/lib/Date.js'", 'application-reads-no-clock'],
  ['packages/application/src/e.ts', "import 'fp-ts/lib/Random.js'", 'application-reads-no-clock'],
  [
    'packages/application/src/c.ts',
    "import '../../adapter-memory/src/ok.js'",
    'application-imports-domain-and-fp-ts-only',
  ],
  [
    'packages/application/src/testing/a.ts',
    "import '../../../adapter-memory/src/ok.js'",
    'contract-suites-import-vitest-at-most',
  ],
  ['packages/graph-contract/src/a.ts', "import 'node:url'", 'contracts-import-domain-only'],
  ['packages/api-contract/src/a.ts', "import '../../application/src/ok.js'", 'contracts-import-domain-only'],
  [
    'packages/adapter-graph/src/a.ts',
    "import '../../adapter-memory/src/ok.js'",
    'adapters-do-not-know-each-other-or-apps',
  ],
  ['packages/adapter-memory/src/a.ts', "import '../../../apps/api/src/ok.js'", 'packages-do-not-import-apps'],
  ['apps/cli/src/a.ts', "import '../../../packages/adapter-memory/src/ok.js'", 'cli-knows-no-server-parts'],
  ['apps/cli/src/b.ts', "import '../../api/src/ok.js'", 'cli-knows-no-server-parts'],
  [
    'apps/cli/src/c.ts',
    "import { ok } from '../../../packages/standalone/src/ok.js'\nexport const own = ok",
    'cli-loads-standalone-on-demand',
  ],
  ['apps/api/src/g.ts', "import '../../../packages/standalone/src/ok.js'", 'standalone-is-for-the-cli'],
  ['packages/adapter-graph/src/b.ts', "import '../../standalone/src/ok.js'", 'standalone-is-for-the-cli'],
  ['apps/api/src/a.ts', "import '../../sandbox/src/ok.js'", 'api-knows-no-other-app'],
  ['apps/api/src/b.ts', "import './c.js'", 'no-cycles'],
  ['apps/api/src/d.ts', "import './nowhere.js'", 'no-unresolved'],
  ['apps/api/src/e.ts', "import '../test/ok.js'", 'no-tests-in-sources'],
  [
    'apps/api/src/f.ts',
    "import '../../../packages/embedded-postgres/src/ok.js'",
    'embedded-postgres-is-for-the-sandbox-and-tests',
  ],
  [
    'packages/embedded-postgres/src/a.ts',
    "import '../../domain/src/ok.js'",
    'embedded-postgres-knows-nothing-of-lethe',
  ],
] as const

/** Files that break nothing. */
const fine: Readonly<Record<string, string>> = {
  'packages/domain/src/ok.ts': "import 'fp-ts/lib/Either.js'\nimport 'io-ts'",
  'packages/application/src/ok.ts': "import 'fp-ts/lib/TaskEither.js'\nimport '../../domain/src/ok.js'",
  'packages/application/src/testing/ok.ts': "import 'vitest'\nimport '../ok.js'",
  'packages/graph-contract/src/ok.ts': "import 'io-ts'\nimport '../../domain/src/ok.js'",
  'packages/adapter-memory/src/ok.ts':
    "import 'node:crypto'\nimport '../../application/src/ok.js'\nimport '../../graph-contract/src/ok.js'",
  'apps/api/src/ok.ts': "import '../../../packages/adapter-memory/src/ok.js'",
  'apps/api/test/ok.ts': "import '../src/ok.js'",
  'apps/cli/src/ok.ts': "import '../../../packages/graph-contract/src/ok.js'",
  'packages/standalone/src/ok.ts':
    "import '../../adapter-memory/src/ok.js'\nexport const ok = 1\nexport type Ok = number",
  'apps/cli/src/on-demand.ts':
    "import type { Ok } from '../../../packages/standalone/src/ok.js'\nexport const load = (): Promise<{ readonly ok: Ok }> => import('../../../packages/standalone/src/ok.js')",
  'apps/sandbox/src/ok.ts':
    "import '../../api/src/ok.js'\nimport '../../../packages/embedded-postgres/src/ok.js'",
  'packages/embedded-postgres/src/ok.ts': "import 'node:net'",
  'packages/adapter-postgres/test/ok.ts': "import '../../embedded-postgres/src/ok.js'",
}

const Report = t.type({
  summary: t.type({ violations: t.array(t.type({ from: t.string, rule: t.type({ name: t.string }) })) }),
})

describe('the boundary check', () => {
  let tree: ProbedTree
  let found: ReadonlySet<string>

  beforeAll(async () => {
    tree = await probedTree({
      ...fine,
      'apps/api/src/c.ts': "import './b.js'",
      ...Object.fromEntries(broken.map(([path, content]) => [path, content])),
    })
    const report = Report.decode(
      JSON.parse(
        await tree.run('depcruise', [
          '--config',
          'tools/boundaries/rules.cjs',
          '--output-type',
          'json',
          'packages',
          'apps',
        ]),
      ),
    )
    found = new Set(
      E.isRight(report)
        ? report.right.summary.violations.map(({ from, rule }) => `${from} ${rule.name}`)
        : [],
    )
  })
  afterAll(() => tree.remove())

  it.each(broken)('reports %s: %s', (path, _content, rule) => {
    expect(found).toContain(`${path} ${rule}`)
  })

  it.each(Object.keys(fine))('lets %s be', path => {
    expect([...found].filter(line => line.startsWith(`${path} `))).toEqual([])
  })
})
