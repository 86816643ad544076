/** `npm start`: installs, builds and runs the sandbox. What follows `--` is handed to the sandbox. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, install, requireNode, root } from './toolchain.mjs'

const start = async () => {
  process.stderr.write('Installing…\n')
  await install()
  process.stderr.write('Building…\n')
  await build()
  const sandbox = spawn(
    join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'),
    [join(root, 'apps', 'sandbox', 'dist', 'main.js'), ...process.argv.slice(2)],
    // The channel tells the sandbox when this process is gone, however it ended.
    { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], shell: process.platform === 'win32' },
  )
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      asked = true
      sandbox.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  process.exitCode = await new Promise((resolve, reject) => {
    sandbox.once('error', reject)
    sandbox.once('close', code => {
      // A terminal's Ctrl-C reaches the sandbox twice; the second one may end it while it goes, and that is no failure.
      resolve(code ?? (asked ? 0 : 1))
    })
  })
}

if (requireNode())
  start().catch(error => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
