import type { Stage } from './stage.js'

/** Runs what must not throw: if it does, that is a bug of whatever it ran. */
export const guarded = async ({ report }: Pick<Stage, 'report'>, run: () => Promise<void>): Promise<void> => {
  try {
    await run()
  } catch (error) {
    report('nothingThrows', error instanceof Error ? (error.stack ?? error.message) : 'something was thrown')
  }
}
