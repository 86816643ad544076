import { execFile, type SpawnOptions } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'
import type { ServerFolder } from './server-folder.js'

/** How PostgreSQL's programs are run. */
export interface Launcher {
  /** What to spawn. */
  readonly commandFor: (
    program: string,
    args: ReadonlyArray<string>,
  ) => { readonly command: string; readonly args: ReadonlyArray<string>; readonly options: SpawnOptions }
  /** To whom the data must belong, where that is not whoever runs this. */
  readonly user: ServerUser | null
}

interface ServerUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const run = promisify(execFile)

/**
 * How to run PostgreSQL's programs here. PostgreSQL does not run as root; root runs it as the owner of the data, else as the
 * user postgres, else as nobody: no user has to be made for it. Where that user may not enter a folder on the way (a checkout
 * in root's home), Linux lets the server pass through with a capability.
 *
 * @param programs their absolute paths.
 * @returns NoServerUser; FolderClosed where the server's user cannot get to the data or the programs.
 */
export const findLauncher = async (
  folder: ServerFolder,
  programs: ReadonlyArray<string>,
): Promise<E.Either<EmbeddedPostgresRefusal, Launcher>> => {
  const canSetPrivileges = process.platform === 'linux' && (await runs('setpriv', [...endWithKeeper, 'true']))
  if (process.getuid?.() !== 0) return E.right(canSetPrivileges ? through(endWithKeeper, null) : plain(null))

  const user = (await ownerOf(folder.data)) ?? (await userNamed('postgres')) ?? (await userNamed('nobody'))
  if (user === null) return E.left({ _tag: 'NoServerUser' })
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...endWithKeeper]
  const launchers = canSetPrivileges
    ? [through(identity, user), through([...passThrough, ...identity], user), plain(user)]
    : [plain(user)]
  for (const launcher of launchers)
    if ((await firstClosed(launcher, [folder.path, ...programs])) === null) return E.right(launcher)
  const closed = await firstClosed(plain(user), [folder.path, ...programs])
  return E.left({ _tag: 'FolderClosed', folder: closed ?? folder.path, user: user.name })
}

/** The server hears of the keeper's end from the kernel, even if nobody else is left to tell: it is a fast shutdown then. */
const endWithKeeper = ['--pdeathsig', 'INT']

/** The secure bit is for access(2), with which initdb looks for its programs: it ignores capabilities otherwise. */
const passThrough = [
  '--securebits=+no_setuid_fixup',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
]

const plain = (user: ServerUser | null): Launcher => ({
  commandFor: (program, args) => ({
    command: program,
    args,
    options: user === null ? {} : { uid: user.uid, gid: user.gid },
  }),
  user,
})

const through = (privileges: ReadonlyArray<string>, user: ServerUser | null): Launcher => ({
  commandFor: (program, args) => ({
    command: 'setpriv',
    args: [...privileges, program, ...args],
    options: {},
  }),
  user,
})

const runs = async (command: string, args: ReadonlyArray<string>): Promise<boolean> => {
  try {
    await run(command, [...args])
    return true
  } catch {
    return false
  }
}

const ownerOf = async (data: string): Promise<ServerUser | null> => {
  try {
    const { uid, gid } = await stat(data)
    return uid === 0 ? null : { name: `with the id ${uid}`, uid, gid }
  } catch {
    return null
  }
}

const userNamed = async (name: string): Promise<ServerUser | null> => {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return null
  }
}

/** The first file or folder, from the root on, that a launched program may not enter or execute. */
const firstClosed = async (launcher: Launcher, paths: ReadonlyArray<string>): Promise<string | null> => {
  const script = 'for path do test -x "$path" || { printf %s "$path"; exit; }; done; printf open:'
  const { command, args, options } = launcher.commandFor('/bin/sh', [
    '-c',
    script,
    'sh',
    ...paths.flatMap(fromRoot),
  ])
  try {
    const { uid, gid } = options
    const identity = uid === undefined || gid === undefined ? {} : { uid, gid }
    const { stdout } = await run(command, [...args], { cwd: '/', ...identity })
    return stdout === 'open:' ? null : stdout
  } catch {
    return paths[0] ?? '/'
  }
}

const fromRoot = (path: string): ReadonlyArray<string> => {
  const parent = dirname(path)
  return parent === path ? [path] : [...fromRoot(parent), path]
}
