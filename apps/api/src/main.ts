import * as E from 'fp-ts/lib/Either.js'
import { type Command, commandIn, usage } from './command.js'
import type { BadConfig } from './config.js'
import { runCheck } from './run-check.js'
import { runMigrate } from './run-migrate.js'
import { runServe } from './run-serve.js'

const run = async (command: Command): Promise<E.Either<BadConfig, null>> => {
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage)
      return E.right(null)
    case 'migrate':
      return runMigrate(process.env)
    case 'check': {
      const checked = await runCheck(command, process.env)
      if (E.isRight(checked) && !checked.right) process.exitCode = 1
      return E.isLeft(checked) ? checked : E.right(null)
    }
    case 'serve':
      return runServe(command.role, process.env)
  }
}

const command = commandIn(process.argv.slice(2))
const outcome = E.isLeft(command) ? command : await run(command.right)
if (E.isLeft(outcome)) {
  process.stderr.write(['lethe-api cannot start:', ...outcome.left.mistakes, ''].join('\n'))
  process.exitCode = 1
}
