import * as E from 'fp-ts/lib/Either.js'
import { startSandbox } from './sandbox.js'
import { decodeSettings } from './settings.js'
import { stopWithParent } from './stopping.js'
import { welcome } from './welcome.js'

const settings = decodeSettings(process.argv.slice(2), process.env)
const sandbox = E.isLeft(settings)
  ? E.left({ mistakes: settings.left })
  : await startSandbox(settings.right, process.env, line => {
      process.stderr.write(`${line}\n`)
    })

if (E.isLeft(sandbox)) {
  process.stderr.write(['The sandbox cannot start:', ...sandbox.left.mistakes, ''].join('\n'))
  process.exitCode = 1
  if (process.connected) process.disconnect()
} else {
  stopWithParent(sandbox.right.stop)
  process.stdout.write(welcome(sandbox.right.addresses))
}
