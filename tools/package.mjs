/**
 * `npm run package -- --image-root DIR`: installs, builds, and lays out in DIR/lethe all that `lethe-api` needs to run, but Node: what
 * an image holds, and what plain processes are started from. `--built` takes what is installed and built already.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build, install, requireNode, run } from './toolchain.mjs'

const usage = 'Usage: npm run package -- --image-root DIR [--built]\n'

/** What a program reads while it runs, and the licences that it is under. */
const isKept = name => /\.(?:[cm]?js|json|sql)$/.test(name) || /^(?:licen[cs]e|notice|copying)/i.test(name)
/** Folders that packages bring along beside what they run. */
const besides = /node_modules\/(?:@[^/]+\/)?[^/@]+\/(?:tests?|benchmarks?|examples?|docs)$/

/** Takes away from a folder what nothing reads, and folders that are empty after that. */
const prune = folder => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) {
      if (entry.name.startsWith('.') || !isKept(entry.name)) rmSync(path)
    } else if (entry.name.startsWith('.') || besides.test(path.replaceAll('\\', '/')))
      rmSync(path, { recursive: true })
    else prune(path)
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}

const layOut = async folder => {
  const code = await run(
    'pnpm',
    [
      // Files of its own, and no links: neither to each other nor into pnpm's store.
      '--config.node-linker=hoisted',
      '--config.package-import-method=copy',
      '--filter=@lethe/api',
      '--prod',
      '--prefer-offline',
      '--loglevel=error',
      'deploy',
      folder,
    ],
    { stdio: ['ignore', 2, 2] },
  )
  if (code !== 0) throw new Error(`pnpm deploy failed (exit code ${code})`)
  prune(folder)
}

const options = () => {
  try {
    return parseArgs({ options: { 'image-root': { type: 'string' }, built: { type: 'boolean' } } }).values
  } catch {
    return {}
  }
}

const main = async ({ 'image-root': root, built = false }) => {
  if (root === undefined) throw new Error(usage)
  const folder = resolve(root, 'lethe')
  if (existsSync(folder)) throw new Error(`${folder}: is there already. Remove it, or give another folder.`)
  if (!built) {
    process.stderr.write('Installing…\n')
    await install()
    process.stderr.write('Building…\n')
    await build()
  }
  process.stderr.write('Laying out…\n')
  await layOut(folder)
  process.stdout.write(`${folder}\n`)
}

if (requireNode())
  main(options()).catch(error => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
