import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Fault } from './faults.js'
import type { Stage } from './stage.js'
import type { Strand } from './strand.js'
import { drawnFault } from './weather.js'

type Port = 'store' | 'queue' | 'holder' | 'profiles' | 'policies'

/** A call of a port, before it is made. */
export interface Call<R, A> {
  readonly port: Port
  readonly name: string
  /** What it is about, for the trace. */
  readonly about: () => string
  readonly run: TaskEither<R, A>
  /** How it fails before it had any effect. */
  readonly unavailable: () => R
  /** How it fails where it had its effect, and the answer was lost. */
  readonly answerLost: () => R
  /** What it may have changed is looked at here, before anybody else goes on. */
  readonly check?: () => Promise<void>
  /** Told what came of it, as soon as it had its effect. */
  readonly done?: (answer: E.Either<R, A>) => void
  /** What it answered, for the trace. */
  readonly said?: (value: A) => string
}

/** Lets a process die, and another take its place. */
export type Crash = (strand: Strand) => void

/** The faults of each port; a lost answer is a kind of its own where it leaves an effect behind that matters. */
const unavailable: Record<Port, Fault> = {
  store: 'store unavailable',
  queue: 'queue unavailable',
  holder: 'holder unavailable',
  profiles: 'profiles unavailable',
  policies: 'policies unavailable',
}
const answerLost: Record<Port, Fault> = {
  store: 'store answer lost',
  queue: 'queue answer lost',
  holder: 'holder answer lost',
  profiles: 'profiles answer lost',
  policies: 'policies answer lost',
}
const answerLostOf: Readonly<Partial<Record<string, Fault>>> = {
  submit: 'submission lost its answer',
  append: 'append lost its answer',
  receive: 'delivery lost',
  complete: 'completion lost its answer',
  remove: 'removal lost its answer',
}

/** Makes calls of ports: each waits for its turn, and goes wrong as the weather has it. */
export const callPort =
  (stage: Stage, crash: Crash, strand: Strand) =>
  <R, A>(call: Call<R, A>): Promise<E.Either<R, A>> =>
    new Promise(resolve => {
      const { random, time, scheduler, tally } = stage
      const trace = (said: () => string): void =>
        stage.trace(() => `${strand.name}: ${call.name} ${call.about()} → ${said()}`)
      const answer = (outcome: E.Either<R, A>): void => {
        trace(() => textOf(call, outcome))
        resolve(outcome)
      }

      const go = async (): Promise<void> => {
        tally.count('calls', call.name)
        const happens = drawnFault(random, stage.weather())
        if (happens === 'crashBefore') {
          trace(() => 'the process dies before')
          return crash(strand)
        }
        if (happens === 'unavailable') {
          tally.fault(unavailable[call.port])
          return answer(E.left(call.unavailable()))
        }
        const outcome = await call.run()
        await call.check?.()
        call.done?.(outcome)
        switch (happens) {
          case 'crashAfter':
            trace(() => `${textOf(call, outcome)}, and the process dies`)
            return crash(strand)
          case 'answerLost':
            tally.fault(answerLostOf[call.name] ?? answerLost[call.port])
            trace(() => `${textOf(call, outcome)}, and the answer is lost`)
            return resolve(E.left(call.answerLost()))
          case 'late': {
            tally.fault('answer late')
            trace(() => `${textOf(call, outcome)}, on its way`)
            const readyAt = time.elapsed() + drawnDelay(stage)
            return scheduler.add({ owner: strand.process, readyAt, go: async () => answer(outcome) })
          }
          case 'none':
            return answer(outcome)
        }
      }

      const slow = random.chance(stage.weather().slow)
      if (slow) tally.fault('call slow')
      const readyAt = time.elapsed() + (slow ? drawnDelay(stage) : 0)
      scheduler.add({ owner: strand.process, readyAt, go })
    })

/** Mostly well within a lease, sometimes longer than one: no call takes that long, but a process may be held up. */
const drawnDelay = ({ random }: Stage): number =>
  random.weighted([
    [8, random.between(1, 3000)],
    [2, random.between(3000, 30_000)],
    [0.5, random.between(30_000, 200_000)],
  ])

const textOf = <R, A>({ said }: Call<R, A>, outcome: E.Either<R, A>): string =>
  E.isLeft(outcome) ? JSON.stringify(outcome.left) : (said?.(outcome.right) ?? 'done')
