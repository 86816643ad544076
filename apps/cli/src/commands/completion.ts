import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { scriptFor, Shell } from '../completion/scripts.js'
import { writing } from '../output.js'
import { usageMistake } from '../refusal.js'
import type { PerformLocally } from '../session.js'
import { type CommandDefinition, noOptions } from './command-definition.js'

/** `lethe completion` */
export const completion: CommandDefinition = {
  name: 'completion',
  description: 'Print a script that lets a shell complete commands, options, choices and ids.',
  operands: '<shell>',
  examples: [
    'lethe completion bash >> ~/.bashrc',
    'lethe completion zsh > "${fpath[1]}/_lethe"',
    'lethe completion fish > ~/.config/fish/completions/lethe.fish',
    'lethe completion powershell >> $PROFILE',
  ],
  notes: `
The shells are bash, zsh, fish and powershell; a new shell has it. Ids are asked of the server, with
the sign-in that the command itself would use, for a second and a half at most: of requests in a
state that fits the command, of batches, and of profiles.
`,
  addOptions: noOptions,
  prepareLocally: ({ operands }) =>
    pipe(
      Shell.decode(operands[0]),
      E.bimap(
        () => usageMistake('The shell is one of bash, zsh, fish and powershell.'),
        shell => print(scriptFor(shell)),
      ),
    ),
}

/** As it is, but where another form or a part of it is asked for. */
const print =
  (script: string): PerformLocally =>
  ({ io, output, globals: { format, query } }) =>
    format !== 'text' || query !== null ? output.plain(script) : writing(io.stdout)(script)
