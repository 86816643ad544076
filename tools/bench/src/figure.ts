/** A figure, and the bar that it is held to. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly bar: number | null
  /** Whether the figure must be at least, or at most, its bar. */
  readonly is: 'atLeast' | 'atMost' | 'reported'
  readonly unit: 'ratio' | 'per second' | 'MB' | 'seconds'
  /** What it is made of. */
  readonly detail: string
}

export const meetsBar = ({ value, bar, is }: Figure): boolean => {
  switch (is) {
    case 'atLeast':
      return bar !== null && value >= bar
    case 'atMost':
      return bar !== null && value <= bar
    case 'reported':
      return Number.isFinite(value)
  }
}

/** The middle one of several measurements. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1], sorted[middle]]
  if (high === undefined) return Number.NaN
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2
}

export const rounded = (value: number): number => Math.round(value * 100) / 100
