/**
 * Stops on SIGINT, SIGTERM and SIGHUP, and when the process that started this one is gone, so that nothing is left running
 * whatever ends first. Only once: a terminal's Ctrl-C arrives both directly and through the parent.
 */
export const stopWithParent = (stop: () => Promise<void>): void => {
  let stopping: Promise<void> | null = null
  const stopOnce = (): void => {
    stopping ??= stopAndLetGo(stop)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stopOnce)
  process.on('disconnect', stopOnce)
  // It may have gone while this one started; without a parent's channel there is no such property.
  if ('connected' in process && !process.connected) stopOnce()
}

const stopAndLetGo = async (stop: () => Promise<void>): Promise<void> => {
  try {
    await stop()
  } catch {
    process.exitCode = 1
  }
  if (process.connected) process.disconnect()
}
