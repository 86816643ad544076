import * as E from 'fp-ts/lib/Either.js'
import { readArguments, usage } from './arguments.js'
import { exitCodeOf } from './outcome.js'
import { reportOf } from './report/report.js'
import { rules } from './checks/violation.js'
import { torture } from './torture.js'
import { twinRun, type TwinRun } from './twin/twin-run.js'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Aborts when this is told to stop, or whoever started it is gone. */
const interruption = (): AbortSignal => {
  const controller = new AbortController()
  const interrupt = (): void => {
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  process.on('disconnect', interrupt)
  process.channel?.unref()
  return controller.signal
}

const run = async (kills: number, seed: number): Promise<number> => {
  const interrupted = interruption()
  say(
    `torture: ${kills} kills, seed ${seed}. The seed draws the plan of kills, the load and what the data holder does;`,
  )
  say('which of them meet, and what was in flight when a process died, is the doing of real processes.')
  const outcome = await torture({ kills, seed, say, interrupted })
  say(reportOf(outcome))
  return exitCodeOf(outcome)
}

const runTwin = async (asked: Omit<TwinRun, 'say' | 'interrupted'>): Promise<number> => {
  const outcome = await twinRun({ ...asked, say, interrupted: interruption() })
  for (const { rule, saw } of outcome.violations) say(`VIOLATION ${rule}: ${rules[rule]}: ${saw}`)
  for (const reason of outcome.inconclusive) say(`INCONCLUSIVE: ${reason}`)
  say(`${outcome.violations.length} violations`)
  return exitCodeOf(outcome)
}

const asked = readArguments(process.argv.slice(2))
if (E.isLeft(asked)) {
  process.stderr.write(`torture: ${asked.left}\n\n${usage}`)
  process.exitCode = 2
} else if (asked.right.kind === 'help') process.stdout.write(usage)
else if (asked.right.kind === 'twin') process.exitCode = await runTwin(asked.right)
else process.exitCode = await run(asked.right.kills, asked.right.seed)
