import * as E from 'fp-ts/lib/Either.js'
import { checks } from '../doctor/checks.js'
import { examine } from '../doctor/examine.js'
import { findingResource } from '../resources/finding.js'
import { type CommandDefinition, noOptions } from './command-definition.js'

/** `lethe doctor` */
export const doctor: CommandDefinition = {
  name: 'doctor',
  description: 'Look through your setup, and say what is wrong with it and what to do.',
  operands: '',
  examples: [
    'lethe doctor',
    'lethe doctor --server https://lethe.example.com',
    `lethe doctor --query "[?outcome!='ok']"`,
  ],
  notes: `
It goes from this machine over the network to Lethe, to your token, and to your tenant. Where a
check fails, those that build on it are skipped, and the exit code is that of the first failure:
2 for a wrong address, 5 for a server that cannot be reached or is not ready, 4 for a token or a
permission, or where Microsoft Graph does not take Lethe's own credential. Warnings leave it 0. No
token is shown, nor sent before the server was seen to be Lethe.
`,
  addOptions: noOptions,
  prepareLocally: () =>
    E.right(({ io, output, globals }) =>
      examine(
        { io, typedServer: globals.server, context: globals.context },
        output.list(findingResource),
      )(checks),
    ),
}
