/** Stops on SIGTERM and SIGINT: once, however many signals come. */
export const stopOnSignals = (stop: () => Promise<void>): void => {
  let stopping: Promise<void> | null = null
  const stopOnce = (): void => {
    stopping ??= stop().catch(() => {
      process.exitCode = 1
    })
  }
  process.on('SIGTERM', stopOnce)
  process.on('SIGINT', stopOnce)
}
