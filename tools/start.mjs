/** `npm start`: installs, builds and runs the sandbox. What follows `--` is handed to the sandbox. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, install, requireNode, root } from './toolchain.mjs'

/** The parent of a process, where the system says so in /proc. */
const parentOf = pid => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ')[1]
  } catch {
    return null
  }
}

/** Calls back when npm, which may have a shell between itself and this process, has ended without a word. */
const whenNpmIsGone = stop => {
  if (process.env.npm_lifecycle_event === undefined) return
  const shell = process.ppid
  const npm = parentOf(shell)
  const watch = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return
    clearInterval(watch)
    stop()
  }, 500)
  watch.unref()
}

const start = async () => {
  process.stderr.write('Installing…\n')
  await install()
  process.stderr.write('Building…\n')
  await build()
  const sandbox = spawn(
    join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'),
    [join(root, 'apps', 'sandbox', 'dist', 'main.js'), ...process.argv.slice(2)],
    // The channel tells the sandbox when this process is gone, however it ended.
    {
      cwd: root,
      // Everything that it calls is on this machine, where no proxy is asked.
      env: { ...process.env, NODE_USE_ENV_PROXY: '0' },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      shell: process.platform === 'win32',
    },
  )
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      asked = true
      sandbox.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  whenNpmIsGone(() => {
    asked = true
    sandbox.kill('SIGTERM')
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
