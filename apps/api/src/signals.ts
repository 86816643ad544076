/** Stops on SIGTERM and SIGINT. @param stop is called for each signal: a second one may hurry it. */
export const stopOnSignals = (stop: () => Promise<void>): void => {
  const stopNow = (): void => {
    stop().catch(() => {
      process.exitCode = 1
    })
  }
  process.on('SIGTERM', stopNow)
  process.on('SIGINT', stopNow)
}
