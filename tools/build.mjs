/** `npm run build`: installs and builds, and starts nothing. */
import { build, install, requireNode } from './toolchain.mjs'

const main = async () => {
  process.stderr.write('Installing…\n')
  await install()
  process.stderr.write('Building…\n')
  await build()
}

if (requireNode())
  main().catch(error => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
