/** `npm run bench`: installs, builds and measures. What follows `--` names the parts to measure; nothing for all. */
import { join } from 'node:path'
import { build, install, requireNode, root, run } from './toolchain.mjs'

const bench = async () => {
  process.stderr.write('Installing…\n')
  await install()
  process.stderr.write('Building…\n')
  await build()
  // The pinned Node comes first on the path of everything that is run here.
  process.exitCode = await run('node', [
    join(root, 'tools', 'bench', 'dist', 'main.js'),
    '--out',
    join(root, '.lethe'),
    ...process.argv.slice(2),
  ])
}

if (requireNode())
  bench().catch(error => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
