/** Which rows of a file are done, and with which ids: a few bytes for each, however many there are. */
export interface DoneRows {
  /** @param cell null where it does not matter which one it was. */
  readonly add: (row: number, cell: string | null) => void
  /** `changed`: the row is done, and was another id then. */
  readonly look: (row: number, cell: string) => 'done' | 'open' | 'changed'
  readonly count: () => number
}

const firstRoom = 1024
const anyCell = 0xff_ff_ff_ff

export const createDoneRows = (): DoneRows => {
  let hashes = new Uint32Array(firstRoom)
  let count = 0
  return {
    add: (row, cell) => {
      if (row >= hashes.length) {
        const larger = new Uint32Array(Math.max(row + 1, hashes.length * 2))
        larger.set(hashes)
        hashes = larger
      }
      if (hashes[row] === 0) count += 1
      hashes[row] = cell === null ? anyCell : hashOf(cell)
    },
    look: (row, cell) => {
      const hash = hashes[row] ?? 0
      if (hash === 0) return 'open'
      return hash === anyCell || hash === hashOf(cell) ? 'done' : 'changed'
    },
    count: () => count,
  }
}

/** FNV-1a, and never 0: it tells a changed file, and is no protection against anybody. */
const hashOf = (cell: string): number => {
  let hash = 0x81_1c_9d_c5
  const text = cell.toLowerCase()
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93) >>> 0
  return hash === 0 ? 1 : hash
}
