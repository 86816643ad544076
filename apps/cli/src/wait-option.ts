/** How long `--wait` waits where it is not told. */
export const defaultWaitSeconds = 300

const commandNames: ReadonlySet<string> = new Set([
  'profiles',
  'remove',
  'requests',
  'batches',
  'whoami',
  'status',
  'doctor',
  'completion',
  'version',
  'help',
])

/**
 * Gives a bare `--wait` its default. Commander would take the argument after it for its value, and
 * `lethe remove --wait <userId>` would lose the userId.
 *
 * @param argv what comes after the program's name.
 */
export const spellOutWait = (argv: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (argv.find(argument => commandNames.has(argument)) !== 'remove') return argv
  const operandsOnly = argv.indexOf('--')
  return argv.map((argument, index) =>
    argument === '--wait' && (operandsOnly === -1 || index < operandsOnly)
      ? `--wait=${defaultWaitSeconds}`
      : argument,
  )
}
