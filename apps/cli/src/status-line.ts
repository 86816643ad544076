import type { Io, Sink } from './io.js'

/** A line at the bottom of the terminal that comes and goes, and that nothing else is mixed up with. */
export interface StatusLine {
  /** Shows a text in place of what is there; nothing while another line is not ended. */
  readonly show: (text: string) => void
  readonly clear: () => void
  /** The world, in which everything that is written clears the line first. */
  readonly io: Io
}

/** To the start of the line, and everything in it away (ECMA-48: CR, EL). */
const erase = '\r\u001B[2K'

export const createStatusLine = (io: Io): StatusLine => {
  let shown = false
  let lineIsEnded = true
  const clear = (): void => {
    if (!shown) return
    shown = false
    void io.stderr.write(erase)
  }
  const clearing = (sink: Sink): Sink => ({
    isTerminal: sink.isTerminal,
    write: text => {
      clear()
      if (sink.isTerminal && text !== '') lineIsEnded = text.endsWith('\n')
      return sink.write(text)
    },
  })
  return {
    show: text => {
      if (!lineIsEnded) return
      shown = true
      void io.stderr.write(`${erase}${text}`)
    },
    clear,
    io: {
      ...io,
      stdout: clearing(io.stdout),
      stderr: clearing(io.stderr),
      stdin: {
        isTerminal: io.stdin.isTerminal,
        readLine: async () => {
          const answer = await io.stdin.readLine()
          // Whoever typed an answer has ended the line of the question.
          lineIsEnded = true
          return answer
        },
        chunks: io.stdin.chunks,
        close: io.stdin.close,
      },
    },
  }
}
