import * as E from 'fp-ts/lib/Either.js'
import { decodeConfig, unknownSettings } from './config.js'
import { createLog } from './log.js'
import { readProfiles } from './profiles-file.js'
import { addressProblem } from './server.js'
import { stopOnSignals } from './signals.js'
import { startApi } from './start.js'

const cannotStart = (mistakes: ReadonlyArray<string>): void => {
  process.stderr.write(['lethe-api cannot start:', ...mistakes, ''].join('\n'))
  process.exitCode = 1
}

const config = decodeConfig(process.env)
const profiles = await readProfiles(process.env['LETHE_PROFILES_FILE'] ?? '')
const mistakes = [config, profiles].flatMap(read => (E.isLeft(read) ? read.left.mistakes : []))
if (E.isLeft(config) || E.isLeft(profiles)) cannotStart(mistakes)
else {
  const log = createLog(config.right.logLevel)
  const unknown = unknownSettings(process.env)
  if (unknown.length > 0) log.warn({ unknown }, 'these settings are not known')
  try {
    const api = await startApi(config.right, profiles.right, log)
    stopOnSignals(api.stop)
  } catch (error) {
    const problem = addressProblem(error)
    if (problem === null) throw error
    cannotStart([`LETHE_HOST and LETHE_PORT: expected an address that can be listened on (${problem})`])
  }
}
