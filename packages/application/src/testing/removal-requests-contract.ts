import { describe } from 'vitest'
import { appendContract } from './append-contract.js'
import { expiringContract, overdueContract } from './expiring-contract.js'
import type { OpenStore } from './harness.js'
import { historyContract } from './history-contract.js'
import { joinContract } from './join-contract.js'
import { listContract } from './list-contract.js'
import { resumeContract } from './resume-contract.js'
import { submitContract } from './submit-contract.js'
import { visibilityContract } from './visibility-contract.js'

/**
 * What the port `RemovalRequests` promises.
 *
 * @param name of the adapter.
 */
export const removalRequestsContract = (name: string, open: OpenStore): void => {
  describe(`removal requests: ${name}`, () => {
    submitContract(open)
    appendContract(open)
    joinContract(open)
    visibilityContract(open)
    historyContract(open)
    listContract(open)
    expiringContract(open)
    overdueContract(open)
    resumeContract(open)
  })
}
