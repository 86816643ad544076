import type { Io, PrivateFiles } from '../../src/io.js'
import { privateFiles } from '../../src/private-files.js'
import { run } from '../../src/run.js'
import { token } from './samples.js'

/** How the world of one run differs from the usual one: no terminal, a token, a clock that only sleeping moves. */
export interface World {
  readonly env?: Readonly<Record<string, string>>
  readonly stdoutIsTerminal?: boolean
  readonly stdinIsTerminal?: boolean
  readonly stderrIsTerminal?: boolean
  /** Given what is to happen every so often; gives what stops it. */
  readonly tick?: (act: () => void) => () => void
  /** What the operator types. */
  readonly types?: string | null
  /** What comes through a pipe, part by part. */
  readonly pipedIn?: ReadonlyArray<string>
  /** Whether more may still come through it. */
  readonly pipeStaysOpen?: boolean
  /** Happens when the operator is asked. */
  readonly whenAsked?: () => void
  /** After so many writes nobody reads stdout any more. */
  readonly stdoutClosesAfter?: number
  /** After so many writes the disk is full. */
  readonly stdoutFailsAfter?: number
  readonly nodeVersion?: string
  readonly fetch?: Io['fetch']
  readonly interruption?: AbortController
  /** Happens while the CLI sleeps. */
  readonly whileAsleep?: () => void | Promise<void>
  /** Told of each write to stdout. */
  readonly wrote?: (text: string) => void
  readonly heedTermination?: () => void
  /** The operator's own folder; by itself one that is not there. */
  readonly home?: string
  /** What files do otherwise than those of this machine. */
  readonly files?: Partial<PrivateFiles>
  /** What the browser does; by itself there is none. */
  readonly openBrowser?: (url: URL) => boolean
  /** Told of each write to stderr. */
  readonly warned?: (text: string) => void
  /** When the run begins. */
  readonly startsAt?: number
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** How long was slept, in milliseconds. */
  readonly slept: ReadonlyArray<number>
}

/** Runs the CLI without a process. */
export const lethe = async (server: string, argv: ReadonlyArray<string>, world: World = {}): Promise<Ran> => {
  const out: Array<string> = []
  const err: Array<string> = []
  const slept: Array<number> = []
  let now = world.startsAt ?? Date.parse('2026-11-23T10:00:00Z')
  const code = await run(argv, {
    env: { LETHE_TOKEN: token, LETHE_SERVER: server, ...world.env },
    stdout: {
      isTerminal: world.stdoutIsTerminal ?? false,
      write: text => {
        if (out.length >= (world.stdoutClosesAfter ?? Number.POSITIVE_INFINITY))
          return Promise.resolve('closed')
        if (out.length >= (world.stdoutFailsAfter ?? Number.POSITIVE_INFINITY))
          return Promise.resolve({ failed: 'ENOSPC' })
        out.push(text)
        world.wrote?.(text)
        return Promise.resolve('written')
      },
    },
    stderr: {
      isTerminal: world.stderrIsTerminal ?? false,
      write: text => {
        err.push(text)
        world.warned?.(text)
        return Promise.resolve('written')
      },
    },
    stdin: {
      isTerminal: world.stdinIsTerminal ?? false,
      readLine: () => {
        world.whenAsked?.()
        return Promise.resolve(world.types ?? null)
      },
      chunks: async function* () {
        for (const part of world.pipedIn ?? []) yield new TextEncoder().encode(part)
        if (world.pipeStaysOpen === true) await new Promise<never>(() => undefined)
      },
      close: () => undefined,
    },
    nodeVersion: world.nodeVersion ?? '24.0.0',
    fetch: world.fetch ?? ((url, init) => fetch(url, init)),
    now: () => now,
    sleep: async milliseconds => {
      slept.push(milliseconds)
      now += milliseconds
      await world.whileAsleep?.()
    },
    tick: (_, act) => world.tick?.(act) ?? (() => undefined),
    interrupted: (world.interruption ?? new AbortController()).signal,
    holdLittle: () => undefined,
    heedTermination: () => world.heedTermination?.(),
    home: world.home ?? '/nowhere',
    files: { ...privateFiles(process.getuid?.() ?? null), ...world.files },
    openBrowser: url => Promise.resolve(world.openBrowser?.(url) ?? false),
  })
  return { code, stdout: out.join(''), stderr: err.join(''), slept }
}
