import type { GlobalOptions } from './global-options.js'
import type { Io } from './io.js'
import { createStatusLine } from './status-line.js'

/**
 * Shows on the terminal what is waited for, once it takes longer than a second. Of several the outermost is shown.
 *
 * @param text what is done; a function is asked each time, so that it can show how far it is.
 */
export type During = <A>(text: string | (() => string), work: () => Promise<A>) => Promise<A>

export interface Spinner {
  readonly during: During
  /** The world, in which whoever waits for the server sees that, and everything that is written clears the spinner. */
  readonly io: Io
}

const frames = ['|', '/', '-', '\\']
const frameMilliseconds = 100
const patienceMilliseconds = 1000

/** A spinner on stderr: of ASCII, for there it is in every terminal, and without colours. */
const createSpinner = (io: Io): Spinner => {
  const line = createStatusLine(io)
  const texts: Array<string | (() => string)> = []
  let stop: (() => void) | null = null
  let ticks = 0
  const draw = (): void => {
    ticks += 1
    const text = texts[0]
    const passed = ticks * frameMilliseconds
    if (text === undefined || passed < patienceMilliseconds) return
    const said = typeof text === 'string' ? text : text()
    line.show(`${frames[ticks % frames.length] ?? ''} ${said} (${Math.floor(passed / 1000)} s)`)
  }
  const during: During = async (text, work) => {
    texts.push(text)
    stop ??= io.tick(frameMilliseconds, draw)
    try {
      return await work()
    } finally {
      texts.splice(texts.lastIndexOf(text), 1)
      if (texts.length === 0) {
        stop?.()
        stop = null
        ticks = 0
        line.clear()
      }
    }
  }
  return {
    during,
    io: {
      ...line.io,
      fetch: (url, init) => during('waiting for the server', () => io.fetch(url, init)),
    },
  }
}

/** For pipes, for logs of other programs, and for those who watch the exchanges. */
const noSpinner = (io: Io): Spinner => ({ during: (_, work) => work(), io })

/** The spinner that fits where stderr goes and what else is written there. */
export const spinnerFor = (io: Io, { detail }: Pick<GlobalOptions, 'detail'>): Spinner => {
  const isWanted =
    io.stderr.isTerminal &&
    detail === 'nothing' &&
    io.env['TERM'] !== 'dumb' &&
    (io.env['NO_COLOR'] ?? '') === '' &&
    (io.env['CI'] ?? '') === ''
  return isWanted ? createSpinner(io) : noSpinner(io)
}
