import type { HeldJob, Jobs, Unavailable } from '@lethe/application'
import type { Job } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backstage } from './backstage.js'
import { type Call, callPort } from './calls.js'
import type { KnownRequest } from './known-requests.js'
import type { Strand } from './strand.js'
import { down } from './store-calls.js'

/** The queue as one strand of a worker sees it. */
export const queuePorts = (backstage: Backstage, strand: Strand): Jobs => {
  const { stage, known, store, crash, deliveries } = backstage
  const { jobs } = store
  const { random, tally } = stage
  const callOf = callPort(stage, crash, strand)

  const called =
    <A>(
      call: Pick<Call<Unavailable, A>, 'name' | 'run'> & Partial<Call<Unavailable, A>>,
    ): TaskEither<Unavailable, A> =>
    () =>
      callOf<Unavailable, A>({
        port: 'queue',
        about: () => '',
        unavailable: () => down,
        answerLost: () => down,
        ...call,
      })

  const said = (held: ReadonlyArray<HeldJob>): string =>
    held.map(({ job, receipt }) => `${receipt} of ${known.labelOf(job.requestId)}`).join(', ') || 'nothing'

  /** Some jobs are lost on their way: the queue has done with them, and no worker has them. */
  const withoutLost = async (received: ReadonlyArray<HeldJob>): Promise<ReadonlyArray<HeldJob>> => {
    const delivered: Array<HeldJob> = []
    for (const held of received)
      if (random.chance(stage.weather().loss)) {
        tally.fault('job lost')
        deliveries.lose()
        await jobs.complete(held.receipt)()
      } else delivered.push(held)
    return delivered
  }

  /** A job that was delivered before, or that is not due yet. */
  const unasked = (): HeldJob | null => {
    if (!random.chance(stage.weather().duplicate)) return null
    const early = random.chance(0.3)
    const more = early ? deliveries.early(known.all().flatMap(jobIn)) : deliveries.again()
    if (more !== null) tally.fault(early ? 'job delivered early' : 'job delivered twice')
    return more
  }

  return {
    receive: limit =>
      called({
        name: 'receive',
        said,
        run: async () => {
          const received = await jobs.receive(limit)()
          if (E.isLeft(received)) return received
          const delivered = await withoutLost(received.right)
          for (const { job } of delivered) deliveries.remember(job)
          const more = delivered.length < limit ? unasked() : null
          return E.right(more === null ? delivered : [...delivered, more])
        },
      }),
    receiveDead: limit =>
      called({
        name: 'receiveDead',
        said,
        run: async () => {
          const received = await jobs.receiveDead(limit)()
          if (E.isRight(received)) for (const { job } of received.right) deliveries.rememberDead(job)
          return received
        },
      }),
    renew: receipts => called({ name: 'renew', about: () => receipts.join(', '), run: jobs.renew(receipts) }),
    complete: receipt => called({ name: 'complete', about: () => receipt, run: jobs.complete(receipt) }),
    postpone: (receipt, until) =>
      called({
        name: 'postpone',
        about: () => `${receipt} until ${until}`,
        run: jobs.postpone(receipt, until),
      }),
    fail: receipt => called({ name: 'fail', about: () => receipt, run: jobs.fail(receipt) }),
  }
}

/** The job that a request waits for; it may be one for later. */
const jobIn = ({ request }: KnownRequest): ReadonlyArray<Job> => ('job' in request ? [request.job] : [])
