import { findPersonIn } from '@lethe/application'
import type { DataHolder, Jobs } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Deps, World } from './world.js'

/** One call of a port, in the hands of a test. */
interface PortCall<Outcome> {
  readonly name: string
  /** Makes the call. */
  readonly run: () => Promise<Outcome>
  /** How a failure looks that came before the call had any effect. */
  readonly failed: Outcome
  /** How a failure looks where the call had its effect and the answer was lost. */
  readonly answerLost: Outcome
}

/** What a test does with each call of a port. */
export type Hook = <Outcome>(call: PortCall<Outcome>) => Promise<Outcome>

const down = { _tag: 'Unavailable', retryAfterSeconds: 1 } as const

const hooked =
  <Args extends ReadonlyArray<unknown>, R, A>(
    hook: Hook,
    name: string,
    method: (...args: Args) => TaskEither<R, A>,
    failed: R,
    answerLost: R = failed,
  ): ((...args: Args) => TaskEither<R, A>) =>
  (...args) =>
  async () =>
    hook<E.Either<R, A>>({
      name,
      run: method(...args),
      failed: E.left(failed),
      answerLost: E.left(answerLost),
    })

/**
 * Everything that a worker or a person works with, every call going through a hook. Calls without an effect that
 * answer at once (the clock, the list of holders) are not points of their own: to fail there is to fail after the call
 * before.
 */
export const under = (world: World, hook: Hook): { readonly deps: Deps; readonly jobs: Jobs } => {
  const { removalRequests, subjects, actors, notes, jobs } = world.store
  const holder = (inner: DataHolder): DataHolder => ({
    name: inner.name,
    remove: hooked(
      hook,
      `${inner.name}.remove`,
      inner.remove,
      { _tag: 'RetryLater', afterSeconds: null, sent: true },
      { _tag: 'UnknownOutcome' },
    ),
    readBack: hooked(hook, `${inner.name}.readBack`, inner.readBack, {
      _tag: 'RetryLater',
      afterSeconds: null,
      sent: true,
    }),
  })
  const hookedSubjects = { resolve: hooked(hook, 'subjects.resolve', subjects.resolve, down) }
  return {
    deps: {
      ...world.deps,
      removalRequests: {
        submit: hooked(hook, 'submit', removalRequests.submit, down),
        openFor: hooked(hook, 'openFor', removalRequests.openFor, down),
        load: hooked(hook, 'load', removalRequests.load, down),
        append: hooked(hook, 'append', removalRequests.append, down),
        list: removalRequests.list,
        history: hooked(hook, 'history', removalRequests.history, down),
        expiring: hooked(hook, 'expiring', removalRequests.expiring, down),
      },
      findPerson: findPersonIn({ subjects: hookedSubjects, digest: world.deps.digest }),
      subjects: hookedSubjects,
      actors: {
        referenceOf: hooked(hook, 'actors.referenceOf', actors.referenceOf, down),
        resolve: hooked(hook, 'actors.resolve', actors.resolve, down),
      },
      notes: { resolve: hooked(hook, 'notes.resolve', notes.resolve, down) },
      dataHolders: { of: tenantId => world.deps.dataHolders.of(tenantId).map(holder) },
    },
    jobs: {
      receive: hooked(hook, 'receive', jobs.receive, down),
      complete: hooked(hook, 'complete', jobs.complete, down),
      postpone: hooked(hook, 'postpone', jobs.postpone, down),
      renew: hooked(hook, 'renew', jobs.renew, down),
      fail: hooked(hook, 'fail', jobs.fail, down),
      receiveDead: hooked(hook, 'receiveDead', jobs.receiveDead, down),
    },
  }
}
