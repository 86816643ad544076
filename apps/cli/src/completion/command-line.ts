import type { Command, Option } from 'commander'

/** A command line that is being typed, as far as it can be read. */
export interface CommandLine {
  readonly command: Command
  /** The names of the command and those above it, such as `requests show`. */
  readonly path: string
  readonly operands: ReadonlyArray<string>
  /** The option whose value stands at the cursor; null where none does. */
  readonly option: Option | null
  /** What was typed of the word at the cursor; of a value alone where it is one. */
  readonly at: string
  /** What stands before the value in the same word, as in `--output=js`. */
  readonly before: string
  /** The server that the line names; null for none. */
  readonly server: string | null
  /** The context that the line names; null for none. */
  readonly context: string | null
}

/**
 * Reads a line as far as the cursor.
 *
 * @param typed the words before the word at the cursor, without the program; shells hand them over with their quotes.
 * @param typedAt the word at the cursor.
 */
export const readCommandLine = (
  program: Command,
  typed: ReadonlyArray<string>,
  typedAt: string,
): CommandLine => {
  const at = unquoted(typedAt)
  let command = program
  let option: Option | null = null
  const named = new Map<string, string>()
  const path: Array<string> = []
  const operands: Array<string> = []
  for (const word of typed.map(unquoted)) {
    if (option !== null) {
      named.set(option.long ?? '', word)
      option = null
      continue
    }
    if (word.startsWith('-')) {
      const [name = word, value] = word.split(/=(.*)/s)
      const given = optionNamed(command, name)
      if (given !== null && value !== undefined) named.set(given.long ?? '', value)
      option = value === undefined && given?.required === true ? given : null
      continue
    }
    const next = operands.length === 0 ? command.commands.find(each => each.name() === word) : undefined
    if (next === undefined) operands.push(word)
    else {
      command = next
      path.push(word)
    }
  }
  const server = named.get('--server') ?? null
  const line = { command, path: path.join(' '), operands, server, context: named.get('--context') ?? null }
  if (option !== null) return { ...line, option, at, before: '' }
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(at) ?? []
  if (name === undefined || value === undefined) return { ...line, option, at, before: '' }
  return { ...line, option: optionNamed(command, name), at: value, before: `${name}=` }
}

/** The options of a command, and those that every command takes. */
export const optionsOf = (command: Command): ReadonlyArray<Option> => {
  const help = command.createHelp()
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]
}

const optionNamed = (command: Command, name: string): Option | null =>
  optionsOf(command).find(({ long, short }) => long === name || short === name) ?? null

/** What a word of a shell means, as far as it is typed: `"http://a` is `http://a`. */
const unquoted = (word: string): string => word.replaceAll(/\\(.)|["']/g, '$1')
