import type { Command } from 'commander'
import type { Io } from '../io.js'
import { visible } from '../visible-text.js'
import { type Candidate, candidatesOf, startingWith } from './candidates.js'
import { readCommandLine } from './command-line.js'
import { contextNames } from './context-names.js'
import { liveIds } from './live-ids.js'

/** The word after `lethe` by which the scripts of shells ask. */
export const completeCommand = '__complete'

/** More ids than this help nobody to choose. */
const mostOffered = 50

/**
 * Writes what may stand at the cursor, a line each. Silent where nothing may, or where anything goes wrong: nobody wants a
 * message in the middle of a line that is being typed.
 *
 * @param argv `--at=` with the word at the cursor, and the words before it.
 */
export const complete = async (program: Command, argv: ReadonlyArray<string>, io: Io): Promise<void> => {
  const [first = '', ...words] = argv
  const line = readCommandLine(program, words, first.replace(/^--at=/, ''))
  const known = candidatesOf(line)
  if (known === null) {
    await io.stdout.write(':files\n')
    return
  }
  const isValue = line.option !== null || !line.at.startsWith('-')
  const live = isValue && known.length === 0 ? await liveIds(io, line) : []
  const found = startingWith(line.at, [...(await contextNames(io, line)), ...live])
    .slice(0, mostOffered)
    .map(each => ({ ...each, value: `${line.before}${each.value}` }))
  await io.stdout.write([...known, ...found].map(lineOf).join(''))
}

const lineOf = ({ value, description }: Candidate): string => `${visible(value)}\t${visible(description)}\n`
