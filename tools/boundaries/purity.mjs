/**
 * A lint rule for the inner packages: what they answer depends on their arguments alone.
 *
 * Reading the clock, drawing a random number, and reaching for the globals of a platform are errors. Turning a given
 * instant into another form (`new Date(milliseconds)`, `Date.UTC(...)`) is not.
 */
const impureMembers = new Map([
  ['Date', new Set(['now'])],
  ['Math', new Set(['random'])],
])
const platformGlobals = new Set([
  'Bun',
  'Deno',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'Temporal',
])

const noClockOrChance = {
  meta: { type: 'problem', docs: { description: 'no clock, no chance, no platform in a pure package' } },
  create: context => {
    const report = (node, what) =>
      context.report({ node, message: `${what} is not pure: take it as an input.` })
    const isGlobal = node =>
      context.sourceCode
        .getScope(node)
        .references.some(
          reference =>
            reference.identifier === node &&
            (reference.resolved === null || reference.resolved.defs.length === 0),
        )
    return {
      MemberExpression: node => {
        const members = node.object.type === 'Identifier' ? impureMembers.get(node.object.name) : undefined
        const name = node.computed ? node.property.value : node.property.name
        if (members?.has(name) === true) report(node, `${node.object.name}.${name}`)
      },
      NewExpression: node => {
        if (node.callee.name === 'Date' && node.arguments.length === 0) report(node, 'new Date()')
      },
      CallExpression: node => {
        if (node.callee.type === 'Identifier' && node.callee.name === 'Date') report(node, 'Date()')
      },
      Identifier: node => {
        if (platformGlobals.has(node.name) && isGlobal(node)) report(node, node.name)
      },
    }
  },
}

export default { meta: { name: 'purity' }, rules: { 'no-clock-or-chance': noClockOrChance } }
