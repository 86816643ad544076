/**
 * A process of Lethe under torture: the real thing, but for kill points around its ports, a data plane that is kept by the
 * torture, and a clock that can be moved. It ends at once when the torture is gone.
 */
import { createLog, decodeConfig, openStore, startApi } from '@lethe/api'
import * as E from 'fp-ts/lib/Either.js'
import { setTimeout } from 'node:timers/promises'
import { made } from '../made.js'
import { Order, type Report, Start } from '../messages.js'
import { killAroundAnswers } from './killing-answers.js'
import { killingStore } from './killing-store.js'
import { killSwitch } from './kill-switch.js'
import { remoteDataPlane } from './remote-data-plane.js'
import { shiftableClock } from './shifted-clock.js'

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGKILL')
})

const json: unknown = JSON.parse(process.argv[2] ?? 'null')
const start = made(Start, json)
const setClock = shiftableClock()
setClock(start.clockOffset)
const killer = killSwitch()
killer.arm(start.armed)
killAroundAnswers(killer)

/** Before it is at work there is nothing to finish. */
let stop = async (): Promise<void> => {
  process.kill(process.pid, 'SIGKILL')
}
process.on('message', message => {
  const order = made(Order, message)
  switch (order.type) {
    case 'arm':
      return killer.arm(order.armed)
    case 'clock':
      return setClock(order.offset)
    case 'stop':
      void stop()
  }
})

const config = decodeConfig(process.env)
if (E.isLeft(config)) throw new Error(config.left.mistakes.join('; '))
const log = createLog(config.right.logLevel)

/** The torture may be gone. */
const report = (message: Report): void => {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined)
}

/** Whoever runs the API starts it again until the database is there; this spares the start of a process. */
const openWhenReachable = async () => {
  for (;;) {
    // Its clock is moved by days, so that requests expire: nothing would be recorded.
    const opened = await openStore(config.right, start.role, log, null)
    if (E.isRight(opened)) return opened.right
    await setTimeout(150)
  }
}

const store = await openWhenReachable()
const api = await startApi(
  config.right,
  start.role,
  { ...store, ports: killingStore(store.ports, killer, () => report({ type: 'asked' })) },
  remoteDataPlane(start.dataPlaneUrl, killer),
  log,
)

stop = async () => {
  await api.stop()
  process.removeAllListeners('disconnect')
  process.disconnect()
}

report({ type: 'ready', port: api.port })
