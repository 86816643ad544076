import { systemClock } from '../src/index.js'
import { clockContract } from '@lethe/application/testing'
import { instantFromMilliseconds } from '@lethe/domain'

clockContract('of the system', {
  clock: systemClock,
  expected: () => instantFromMilliseconds(performance.timeOrigin + performance.now()),
  toleranceSeconds: 60,
})
