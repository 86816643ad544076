import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Figure, median, rounded } from './figure.js'

const warmUps = 3
const runs = 40

/** `lethe --help` as a whole process, against one in which Node does nothing. */
export const measureCliStart = async (): Promise<ReadonlyArray<Figure>> => {
  const lethe = [fileURLToPath(import.meta.resolve('@lethe/cli/bin/lethe.js')), '--help']
  const nothing = ['-e', '0']
  const times = { lethe: new Array<number>(), nothing: new Array<number>() }
  // In turns, so that what else the machine does weighs on both alike.
  for (let run = -warmUps; run < runs; run += 1) {
    const [ofNothing, ofLethe] = [await millisecondsOf(nothing), await millisecondsOf(lethe)]
    if (run < 0) continue
    times.nothing.push(ofNothing)
    times.lethe.push(ofLethe)
  }
  const [ofLethe, ofNothing] = [median(times.lethe), median(times.nothing)]
  return [
    {
      name: 'cliStartRatio',
      value: rounded(ofLethe / ofNothing),
      bar: 3,
      is: 'atMost',
      unit: 'ratio',
      detail: `lethe --help ${rounded(ofLethe)} ms, node -e 0 ${rounded(ofNothing)} ms, medians of ${runs}`,
    },
  ]
}

/** From before a process is started until it is gone. */
const millisecondsOf = async (argv: ReadonlyArray<string>): Promise<number> => {
  const started = performance.now()
  const child = spawn(process.execPath, argv, { stdio: 'ignore', env: { PATH: process.env['PATH'] } })
  const ended: ReadonlyArray<unknown> = await once(child, 'exit')
  const milliseconds = performance.now() - started
  if (ended[0] !== 0) throw new Error('A process that was to be measured failed')
  return milliseconds
}
