/**
 * What `npm start` and `npm test` share: they run on whatever Node (18 or newer) is there, bring pnpm and the pinned
 * Node through npm, and do everything else with those.
 */
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const pnpm = 'pnpm@12.21.0'
const onWindows = process.platform === 'win32'

/** The pinned Node and the tools of the workspace come first on the path. */
const toolEnvironment = () => ({
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${onWindows ? ';' : ':'}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
})

/** Runs a command to its end and gives its exit code; a signal counts as failure. */
export const run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: toolEnvironment(),
      stdio: 'inherit',
      shell: onWindows,
      ...options,
    })
    child.once('error', reject)
    child.once('close', code => {
      resolve(code ?? 1)
    })
  })

/** Runs a command, and keeps what it says unless it fails. */
const runQuietly = async (what, command, args) => {
  const said = []
  const child = spawn(command, args, { cwd: root, env: toolEnvironment(), shell: onWindows })
  child.stdout.on('data', chunk => said.push(chunk))
  child.stderr.on('data', chunk => said.push(chunk))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) {
    process.stderr.write(Buffer.concat(said))
    throw new Error(`${what} failed (exit code ${code ?? 'none'})`)
  }
}

/** Installs exactly what the lockfile says. */
export const install = () =>
  runQuietly('pnpm install', 'npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--prefer-offline'])

/** Builds all packages and apps. */
export const build = () => runQuietly('The build', 'turbo', ['run', 'build', '--output-logs=errors-only'])

/** Refuses a Node that is too old to run even the tools. */
export const requireNode = () => {
  if (Number(process.versions.node.split('.')[0]) >= 18) return true
  process.stderr.write(`Lethe needs Node 18 or newer; this is ${process.version}.\n`)
  process.exitCode = 1
  return false
}
