import { writeSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { KillPoint, Span } from '../kill-points.js'
import { type Armed, lastWords } from '../messages.js'

/** Kills this process where it was told to. */
export interface KillSwitch {
  /** Null disarms. */
  readonly arm: (armed: Armed | null) => void
  /** The process is at this point now. */
  readonly pass: (point: KillPoint) => void
}

export const killSwitch = (): KillSwitch => {
  let armed: Armed | null = null
  return {
    arm: next => {
      armed = next
    },
    pass: point => {
      if (armed?.point !== point) return
      if (armed.passes > 0) {
        armed = { point, passes: armed.passes - 1 }
        return
      }
      // Synchronous, so that it is out before the end.
      writeSync(2, `${lastWords(point)}\n`)
      process.kill(process.pid, 'SIGKILL')
    },
  }
}

/**
 * A task between two kill points.
 *
 * @param counts whether what it did is worth dying after; default: whether it succeeded.
 */
export const between =
  ({ pass }: KillSwitch, span: Span) =>
  <L, A>(task: TaskEither<L, A>, counts: (done: E.Either<L, A>) => boolean = E.isRight): TaskEither<L, A> =>
  async () => {
    pass(`${span} before`)
    const done = await task()
    if (counts(done)) pass(`${span} after`)
    return done
  }
