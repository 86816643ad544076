/** `npm run torture`: installs, builds and runs the crash test. What follows `--` is handed to it. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, install, requireNode, root } from './toolchain.mjs'

const torture = async () => {
  process.stderr.write('Installing…\n')
  await install()
  process.stderr.write('Building…\n')
  await build()
  const child = spawn(
    join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'),
    [join(root, 'tools', 'torture', 'dist', 'main.js'), ...process.argv.slice(2)],
    // The channel tells the torture when this process is gone, however it ended.
    { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], shell: process.platform === 'win32' },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      child.kill('SIGTERM')
    })
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => {
      resolve(code ?? 1)
    })
  })
}

if (requireNode())
  torture().catch(error => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
