import * as t from 'io-ts'

const isShared = (u: unknown): u is SharedArrayBuffer => u instanceof SharedArrayBuffer
const Shared = new t.Type<SharedArrayBuffer, SharedArrayBuffer, unknown>(
  'SharedArrayBuffer',
  isShared,
  (u, context) => (isShared(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)

/** What every thread is given: which seeds there are, and the place where threads agree on who takes which. */
export const Work = t.strict({ from: t.number, seeds: t.number, agreed: Shared }, 'Work')
export type Work = t.TypeOf<typeof Work>

/** What a thread says of a portion of seeds. */
export const PortionResult = t.strict(
  {
    seeds: t.number,
    failed: t.union([t.number, t.null]),
    counts: t.record(t.string, t.record(t.string, t.number)),
  },
  'PortionResult',
)

export interface Portion {
  readonly from: number
  readonly seeds: number
}

/** So many seeds at a time: few enough that no thread is left to wait for another for long. */
const portionSize = 50

export const portionsIn = (seeds: number): number => Math.ceil(seeds / portionSize)

export const newWork = (from: number, seeds: number): Work => ({
  from,
  seeds,
  agreed: new SharedArrayBuffer(8),
})

/**
 * Takes the next portion, for this thread alone. Portions go in ascending order and each that was taken is finished, so
 * that the lowest seed that fails is found whatever thread comes to it.
 *
 * @returns null where all are taken, or one failed.
 */
export const takePortion = ({ from, seeds, agreed }: Work): Portion | null => {
  const [taken, failed] = [new Int32Array(agreed, 0, 1), new Int32Array(agreed, 4, 1)]
  if (Atomics.load(failed, 0) === 1) return null
  const offset = Atomics.add(taken, 0, 1) * portionSize
  return offset < seeds ? { from: from + offset, seeds: Math.min(portionSize, seeds - offset) } : null
}

/** No further portion is to be taken. */
export const stopTaking = ({ agreed }: Work): void => {
  Atomics.store(new Int32Array(agreed, 4, 1), 0, 1)
}
