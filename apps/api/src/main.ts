import * as E from 'fp-ts/lib/Either.js'
import { decodeConfig, unknownSettings } from './config.js'
import { createLog } from './log.js'
import { readProfiles } from './profiles-file.js'
import { stopOnSignals } from './signals.js'
import { startApi } from './start.js'

const config = decodeConfig(process.env)
const profiles = E.isRight(config) ? await readProfiles(config.right.profilesFile) : E.right(new Map())
const mistakes = [
  ...(E.isLeft(config) ? config.left.mistakes : []),
  ...(E.isLeft(profiles) ? profiles.left.mistakes : []),
]
if (E.isLeft(config) || E.isLeft(profiles)) {
  process.stderr.write(['lethe-api cannot start:', ...mistakes, ''].join('\n'))
  process.exitCode = 1
} else {
  const log = createLog(config.right.logLevel)
  const unknown = unknownSettings(process.env)
  if (unknown.length > 0) log.warn({ unknown }, 'these settings are not known')
  const api = await startApi(config.right, profiles.right, log)
  stopOnSignals(api.stop)
}
