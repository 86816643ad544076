import * as t from 'io-ts'

/** The path of the batch operation, below the root. */
export const batchPath = '/$batch'

/** The most requests in one batch. */
export const largestBatch = 20

const Headers = t.record(t.string, t.string, 'Headers')

/** One request in the body of `POST /$batch`. What is null counts as absent: serialisers write it so. */
export const BatchItemRequest = t.exact(
  t.intersection([
    t.type({ id: t.string, method: t.string, url: t.string }),
    t.partial({
      headers: t.union([Headers, t.null]),
      body: t.unknown,
      dependsOn: t.union([t.readonlyArray(t.string), t.null]),
    }),
  ]),
  'BatchItemRequest',
)
export type BatchItemRequest = t.TypeOf<typeof BatchItemRequest>

/** The body of `POST /$batch`. */
export const BatchRequest = t.strict({ requests: t.readonlyArray(BatchItemRequest) }, 'BatchRequest')
export type BatchRequest = t.TypeOf<typeof BatchRequest>

/** The answer to one request of a batch. A response without content has no body. */
export const BatchItemResponse = t.exact(
  t.intersection([
    t.type({ id: t.string, status: t.number }),
    t.partial({ headers: Headers, body: t.unknown }),
  ]),
  'BatchItemResponse',
)
export type BatchItemResponse = t.TypeOf<typeof BatchItemResponse>

/** The body of the answer to a batch. Graph gives the responses in any order: `id` tells them apart. */
export const BatchResponse = t.strict({ responses: t.readonlyArray(BatchItemResponse) }, 'BatchResponse')
export type BatchResponse = t.TypeOf<typeof BatchResponse>
