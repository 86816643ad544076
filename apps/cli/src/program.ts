import { Command } from 'commander'
import {
  approveRequests,
  closeRequest,
  denyRequests,
  retryRequests,
  withdrawRequests,
} from './commands/act-on-requests.js'
import type { CommandDefinition } from './commands/command-definition.js'
import { approveBatch, denyBatch, retryBatch, showBatch, withdrawBatch } from './commands/batches.js'
import { listBatches } from './commands/list-batches.js'
import { exportRequests } from './commands/export-requests.js'
import { logInToGraph } from './commands/graph-login.js'
import { logOutOfGraph } from './commands/graph-logout.js'
import { showGraphHistory } from './commands/graph-history.js'
import { listGraphProfiles, showGraphProfile } from './commands/graph-profiles.js'
import { removeFromGraph } from './commands/graph-remove.js'
import { completion } from './commands/completion.js'
import { doctor } from './commands/doctor.js'
import { listRequests } from './commands/list-requests.js'
import { listProfiles, showProfile } from './commands/profiles.js'
import { showHistory, showRequest } from './commands/read-request.js'
import { remove } from './commands/remove.js'
import { watchRequests } from './commands/watch-requests.js'
import { contextCommands } from './commands/contexts.js'
import { login } from './commands/login.js'
import { logout } from './commands/logout.js'
import { status } from './commands/status.js'
import { whoami } from './commands/whoami.js'
import { addGlobalOptions } from './global-options.js'

/** What commander itself writes: help, versions, mistakes in the command line. */
export interface Writers {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** What the program does with a command line that commander could read. */
export interface Actions {
  /** @param options the options of the command and those that every command takes. */
  readonly perform: (
    definition: CommandDefinition,
    operands: ReadonlyArray<string>,
    options: unknown,
  ) => Promise<void>
  readonly showVersion: (options: unknown) => Promise<void>
}

const profiles = [listProfiles, showProfile]
const batches = [listBatches, showBatch, approveBatch, denyBatch, withdrawBatch, retryBatch]
const requests = [
  listRequests,
  exportRequests,
  watchRequests,
  showRequest,
  showHistory,
  approveRequests,
  denyRequests,
  withdrawRequests,
  retryRequests,
  closeRequest,
]

const environment = `
Environment:
  LETHE_TOKEN   an access token for Lethe, in the place of lethe login (lethe graph needs neither)
  LETHE_SERVER  where Lethe is
  LETHE_CONTEXT the context to use: its server, and its sign-in
  NO_COLOR      no colours, also on a terminal

Exit codes:
  0 done   1 failed   2 usage   3 not found   4 sign-in or permission
  5 throttled or unavailable, try again later   6 ended denied, withdrawn, abandoned or expired
  7 --wait ran out   130 Ctrl-C (0 for requests watch without an id, which has no other end)
`

const helpWidth = 100

/** The commands of `lethe`. Throws commander's error in place of ending the process. */
export const createProgram = (version: string, writers: Writers, actions: Actions): Command => {
  const program = new Command('lethe')
  program
    .description('Remove all personal data of inbound shared users, on request, once approved.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: writers.out,
      writeErr: writers.err,
      outputError: (text, write) => write(text.replace(/^error: /, 'lethe: ')),
      getOutHelpWidth: () => helpWidth,
      getErrHelpWidth: () => helpWidth,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .version(version, '-V, --version', 'show the version')
    .addHelpText('after', `${exampleText(['lethe requests list --state pendingApproval'])}${environment}`)
  addGlobalOptions(program)

  const add = (parent: Command, definition: CommandDefinition): void => {
    const command = parent.command(`${definition.name} ${definition.operands}`.trim())
    definition
      .addOptions(command)
      .description(definition.description)
      .addHelpText('after', `${exampleText(definition.examples)}${definition.notes ?? ''}`)
      .action(() => actions.perform(definition, command.args, command.optsWithGlobals()))
  }
  const group = (
    name: string,
    description: string,
    definitions: ReadonlyArray<CommandDefinition>,
    above: Command = program,
  ): Command => {
    const parent = above
      .command(name)
      .description(description)
      .addHelpText('after', exampleText(definitions.flatMap(({ examples }) => examples.slice(0, 1))))
    for (const definition of definitions) add(parent, definition)
    return parent
  }

  group('profiles', 'Inbound shared user profiles.', profiles)
  add(program, remove)
  group('requests', 'Removal requests.', requests)
  group('batches', 'Batches of removal requests: made by lethe remove --file, decided as one.', batches)
  add(program, login)
  add(program, logout)
  add(program, whoami)
  group('context', 'The servers and tenants that you work with.', contextCommands)
  add(program, status)
  const graph = group('graph', 'Microsoft Graph itself, without a server of Lethe.', [
    removeFromGraph,
    showGraphHistory,
    logInToGraph,
    logOutOfGraph,
  ])
  group('profiles', 'Inbound shared user profiles.', [listGraphProfiles, showGraphProfile], graph)
  add(program, doctor)
  add(program, completion)
  const versionCommand = program.command('version')
  versionCommand
    .description('Show the version.')
    .addHelpText('after', exampleText(['lethe version']))
    .action(() => actions.showVersion(versionCommand.optsWithGlobals()))
  return program
}

const exampleText = (examples: ReadonlyArray<string>): string =>
  `\nExample${examples.length === 1 ? '' : 's'}:\n${examples.map(example => `  $ ${example}`).join('\n')}\n`
