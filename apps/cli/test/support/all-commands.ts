import type { Command } from 'commander'
import { createProgram } from '../../src/program.js'

const program = createProgram(
  '0.0.0',
  { out: () => undefined, err: () => undefined },
  { perform: () => Promise.resolve(), showVersion: () => Promise.resolve() },
)

const pathsBelow = (command: Command, path: string): ReadonlyArray<string> =>
  command.commands.flatMap(each => {
    const own = `${path} ${each.name()}`.trim()
    return [own, ...pathsBelow(each, own)]
  })

const everything = pathsBelow(program, '')

/** Every command by its words, such as `requests list`, and the groups that they are in. */
export const allPaths: ReadonlyArray<string> = ['', ...everything]

/** Those that do something. */
export const allCommands: ReadonlyArray<string> = everything.filter(
  path => !everything.some(other => other.startsWith(`${path} `)),
)
