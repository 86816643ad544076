/**
 * Moves the clock of this process. The API takes its clock from the machine and lets nobody hand in another, so the one
 * function that it reads the time with is replaced, in this process alone. Timers go on as they are, as they do where
 * somebody sets the clock of a machine.
 */
export const shiftableClock = (): ((offset: number) => void) => {
  const machine = Date.now
  let offset = 0
  Date.now = () => machine() + offset
  return next => {
    offset = next
  }
}
