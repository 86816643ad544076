import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { BatchItemRequest, largestBatch } from './batch.js'
import { type BatchItem, readBatchItem } from './batch-item.js'
import { type GraphErrorRow, graphErrors } from './errors.js'

/** The requests of a batch, and in which order they can be made. */
export interface BatchPlan {
  /** In the order in which they were sent. */
  readonly items: ReadonlyArray<BatchItem>
  /** The same items: those of one wave depend on earlier waves only, and may be made side by side. */
  readonly waves: ReadonlyArray<ReadonlyArray<BatchItem>>
}

const Requests = t.type({ requests: t.UnknownArray }, 'Requests')

const badBatch = (message: string): E.Either<GraphErrorRow, never> => E.left(graphErrors.badRequest(message))

/**
 * Reads the body of `POST /$batch`. Any mistake refuses the whole batch, so that nothing of it was made yet: more than
 * 20 requests or none, ids that are equal but for case, a method that is not known, a URL that is not relative, a batch
 * in the batch, a dependency that is not there or that closes a circle. A dependency may stand before or after.
 *
 * Source: Microsoft Graph, "Combine multiple HTTP requests using JSON batching".
 *
 * @param body the parsed JSON.
 * @returns the plan; `badRequest` with a message that repeats nothing that was sent.
 */
export const planBatch = (body: unknown): E.Either<GraphErrorRow, BatchPlan> => {
  const sent = Requests.decode(body)
  if (E.isLeft(sent)) return badBatch('A batch must be an object with an array of requests.')
  const { requests } = sent.right
  if (requests.length === 0 || requests.length > largestBatch)
    return badBatch(`A batch must have from 1 to ${largestBatch} requests.`)
  return pipe(
    E.traverseArray(readRequest)(requests.map((request, index) => ({ request, index }))),
    E.flatMap(resolveDependencies),
    E.flatMap(plan),
  )
}

const readRequest = ({
  request,
  index,
}: {
  readonly request: unknown
  readonly index: number
}): E.Either<GraphErrorRow, BatchItem> =>
  pipe(
    BatchItemRequest.decode(request),
    E.mapLeft(
      () => 'it needs an id, a method and a url, headers of strings and dependsOn with ids where it has them',
    ),
    E.flatMap(readBatchItem),
    E.mapLeft(reason => graphErrors.badRequest(`Request ${index + 1} of the batch: ${reason}.`)),
  )

/** Spells each dependency as the item that it means, once. */
const resolveDependencies = (
  items: ReadonlyArray<BatchItem>,
): E.Either<GraphErrorRow, ReadonlyArray<BatchItem>> => {
  const idOf = new Map(items.map(item => [item.id.toLowerCase(), item.id]))
  if (idOf.size !== items.length)
    return badBatch('The ids of the requests of a batch must differ in more than case.')
  return E.traverseArray((item: BatchItem): E.Either<GraphErrorRow, BatchItem> => {
    const dependsOn = new Set(item.dependsOn.map(id => idOf.get(id.toLowerCase())))
    const known = [...dependsOn].filter(id => id !== undefined)
    return known.length === dependsOn.size
      ? E.right({ ...item, dependsOn: known })
      : badBatch('A request of the batch depends on one that is not there.')
  })(items)
}

/** Takes, wave by wave, what depends on earlier waves only; what is left over when nothing can be taken is a circle. */
const plan = (items: ReadonlyArray<BatchItem>): E.Either<GraphErrorRow, BatchPlan> => {
  const waves: Array<ReadonlyArray<BatchItem>> = []
  const done = new Set<string>()
  let waiting = items
  while (waiting.length > 0) {
    const wave = waiting.filter(item => item.dependsOn.every(id => done.has(id)))
    if (wave.length === 0) return badBatch('Requests of the batch depend on each other in a circle.')
    waves.push(wave)
    waiting = waiting.filter(item => !wave.includes(item))
    wave.forEach(item => done.add(item.id))
  }
  return E.right({ items, waves })
}
