#!/usr/bin/env node
// Nothing here may be newer than what an old Node can read: it has to be able to say that it is too old.
const version = process.versions.node.split('.').map(Number)

// URL.parse is there from 22.1 on.
if (version[0] < 22 || (version[0] === 22 && version[1] < 1)) {
  process.stderr.write('lethe: Node 22.1 or newer is needed; this is Node ' + process.versions.node + '.\n')
  process.exitCode = 1
} else {
  import('../dist/lethe.js').catch(error => {
    process.exitCode = 1
    process.stderr.write(
      error !== null && typeof error === 'object' && error.code === 'ERR_MODULE_NOT_FOUND'
        ? 'lethe: not built yet, or not installed completely.\n'
        : 'lethe: cannot start: ' + String(error) + '\n',
    )
  })
}
