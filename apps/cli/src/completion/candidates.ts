import { RemovalState } from '@lethe/domain'
import type { Option } from 'commander'
import { type CommandLine, optionsOf } from './command-line.js'
import { Shell } from './scripts.js'

/** A word that may stand at the cursor. */
export interface Candidate {
  readonly value: string
  readonly description: string
}

/** What may stand at the cursor, as far as that is known without a server; null for files. */
export const candidatesOf = (line: CommandLine): ReadonlyArray<Candidate> | null => {
  const { command, option, at, before } = line
  if (option !== null) {
    if (/<(?:file|path)\b/.test(option.flags)) return null
    return startingWith(at, valuesOf(option, at)).map(each => ({ ...each, value: `${before}${each.value}` }))
  }
  if (at.startsWith('-'))
    return startingWith(
      at,
      optionsOf(command).flatMap(({ long, description }) =>
        long === undefined || long === null ? [] : [{ value: long, description }],
      ),
    )
  if (line.path === 'completion' && line.operands.length === 0)
    return startingWith(at, Object.keys(Shell.keys).map(plain))
  if (line.operands.length > 0) return []
  return startingWith(
    at,
    command
      .createHelp()
      .visibleCommands(command)
      .map(each => ({ value: each.name(), description: each.description() })),
  )
}

export const startingWith = (at: string, candidates: ReadonlyArray<Candidate>): ReadonlyArray<Candidate> =>
  candidates.filter(({ value }) => value.startsWith(at))

const valuesOf = (option: Option, at: string): ReadonlyArray<Candidate> => {
  if (option.argChoices !== undefined) return option.argChoices.map(plain)
  if (option.long !== '--state') return []
  // States are joined by commas: the one after the last comma is completed.
  const given = at.slice(0, at.lastIndexOf(',') + 1)
  const named = new Set(given.split(','))
  return Object.keys(RemovalState.keys)
    .filter(state => !named.has(state))
    .map(state => plain(`${given}${state}`))
}

const plain = (value: string): Candidate => ({ value, description: '' })
