/**
 * A lint rule for the inner packages: what they answer depends on their arguments alone.
 *
 * Reading the clock, drawing a random number, and reaching for the globals of a platform are errors. Turning a given
 * instant into another form (`new Date(milliseconds)`, `Date.UTC(...)`) is not.
 */
/** What of these may be used, because it depends on its arguments alone. */
const pureMembers = new Map([
  ['Date', name => name === 'parse' || name === 'UTC'],
  ['Math', name => name !== 'random'],
])
const platformGlobals = new Set([
  'Bun',
  'Deno',
  'Intl',
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
    /** `Date` and `Math` are pure in a few forms only; handed around, they could be used in any other. */
    const isPureUse = node => {
      const { parent } = node
      if (parent.type === 'TSTypeReference' || parent.type === 'TSQualifiedName') return true
      if (parent.type === 'NewExpression') return parent.callee === node && parent.arguments.length > 0
      if (parent.type !== 'MemberExpression' || parent.object !== node) return false
      const name = parent.computed ? parent.property.value : parent.property.name
      return typeof name === 'string' && pureMembers.get(node.name)(name)
    }
    return {
      Identifier: node => {
        if (!isGlobal(node)) return
        if (platformGlobals.has(node.name)) report(node, node.name)
        if (pureMembers.has(node.name) && !isPureUse(node)) report(node, `This use of ${node.name}`)
      },
    }
  },
}

export default { meta: { name: 'purity' }, rules: { 'no-clock-or-chance': noClockOrChance } }
