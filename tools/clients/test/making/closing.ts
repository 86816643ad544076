import { afterAll, afterEach } from 'vitest'
import { closeIdentity } from './identity.js'

const open: Array<() => Promise<void>> = []

/** Has something closed after the test. */
export const closeLater = (close: () => Promise<void>): void => {
  open.push(close)
}

/** Has the tests of a file close all that they opened, the last one first. */
export const leaveNothingOpen = (): void => {
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close()
  })
  afterAll(closeIdentity)
}
