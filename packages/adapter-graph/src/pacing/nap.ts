/** A rest that can be cut short. */
export interface Nap {
  readonly rest: (milliseconds: number) => Promise<void>
  /** Ends the rest that is under way. */
  readonly stir: () => void
}

export const nap = (sleep: (milliseconds: number) => Promise<void>): Nap => {
  let stir = (): void => undefined
  return {
    rest: async milliseconds => {
      const stirred = new Promise<void>(resolve => {
        stir = resolve
      })
      await Promise.race([sleep(milliseconds), stirred])
    },
    stir: () => {
      stir()
    },
  }
}
