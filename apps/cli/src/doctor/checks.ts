import { contractCheck, graphCheck, identityCheck, tenantCheck } from './caller-checks.js'
import type { Check } from './check.js'
import { certificateCheck, connectionCheck, nameCheck } from './connection-checks.js'
import { clockCheck, letheCheck, readyCheck } from './server-checks.js'
import { addressCheck, nodeCheck, proxyCheck, terminalCheck, trustCheck } from './setting-checks.js'
import { tokenCheck } from './token-check.js'

/** Every check, in the order in which one builds on another. */
export const checks: ReadonlyArray<Check> = [
  nodeCheck,
  terminalCheck,
  proxyCheck,
  trustCheck,
  addressCheck,
  nameCheck,
  connectionCheck,
  certificateCheck,
  letheCheck,
  readyCheck,
  clockCheck,
  tokenCheck,
  identityCheck,
  contractCheck,
  graphCheck,
  tenantCheck,
]
