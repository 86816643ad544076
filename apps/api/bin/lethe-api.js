#!/usr/bin/env node
// Nothing here may be newer than what an old Node can read: it has to be able to say that it is too old.
const major = Number(process.versions.node.split('.')[0])

if (major < 22) {
  process.stderr.write('lethe-api: Node 22 or newer is needed; this is Node ' + process.versions.node + '.\n')
  process.exitCode = 1
} else {
  import('../dist/main.js').catch(error => {
    process.exitCode = 1
    process.stderr.write(
      error !== null && typeof error === 'object' && error.code === 'ERR_MODULE_NOT_FOUND'
        ? 'lethe-api: not built yet, or not installed completely.\n'
        : 'lethe-api: cannot start: ' + String(error) + '\n',
    )
  })
}
