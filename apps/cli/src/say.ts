import type { Sink } from './io.js'
import { visible } from './visible-text.js'

/** Writes a line to stderr, with the program's name in front. */
export const sayOn =
  (stderr: Sink) =>
  async (text: string): Promise<void> => {
    await stderr.write(`lethe: ${visible(text)}\n`)
  }
