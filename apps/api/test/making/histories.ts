import type { HistoryResource } from '@lethe/api-contract'
import { expect } from 'vitest'

/** What happens to a request that needs no approval, each once. */
const automaticRemoval = [
  'removalRequested',
  'removalApproved',
  'removalStarted',
  'holderCleared',
  'readBackRecorded',
  'removalCompleted',
]

/** Expects the history of a removal that was done, with nothing in it twice and nothing left out. */
export const expectDoneOnce = ({ intact, head, value }: HistoryResource): void => {
  expect(intact).toBe(true)
  expect(value.map(({ envelope }) => envelope.type)).toEqual(automaticRemoval)
  expect(value.map(({ envelope }) => envelope.sequence)).toEqual([1, 2, 3, 4, 5, 6])
  expect(head).toEqual({ sequence: 6, hash: value.at(-1)?.hash })
}
