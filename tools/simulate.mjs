/** `npm run simulate`: installs, builds and runs the simulator. What follows `--` is handed to it. */
import { join } from 'node:path'
import { install, requireNode, root, run } from './toolchain.mjs'

/** Results alone go to stdout: what the build says goes to stderr. */
const build = async () => {
  const code = await run(
    'turbo',
    ['run', 'build', '--filter=@lethe/simulator', '--output-logs=errors-only'],
    { stdio: ['ignore', 2, 2] },
  )
  if (code !== 0) throw new Error(`The build failed (exit code ${code})`)
}

const simulate = async () => {
  process.stderr.write('Installing…\n')
  await install()
  process.stderr.write('Building…\n')
  await build()
  // The pinned Node comes first on the path of everything that is run here.
  process.exitCode = await run('node', [
    join(root, 'tools', 'simulator', 'dist', 'main.js'),
    ...process.argv.slice(2),
  ])
}

if (requireNode())
  simulate().catch(error => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
