import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { Io } from '../io.js'
import { type SingleRefusal, type UsageMistake, usageMistake } from '../refusal.js'
import type { LoginWay } from './log-in.js'

/** The options that say how a person signs in. */
export const WayOptions = t.partial({ deviceCode: t.boolean, browser: t.boolean })
type WayOptions = t.TypeOf<typeof WayOptions>

export const addWayOptions = (command: Command): Command =>
  command
    .option('--device-code', 'show a code to enter in a browser on another device')
    .option('--no-browser', 'only write the address to open; the browser has to be on this machine')

/** Reads how a person is to sign in. */
export const readWay = ({ deviceCode, browser }: WayOptions): E.Either<UsageMistake, LoginWay> => {
  if (deviceCode !== true) return E.right(browser === false ? 'addressOnly' : 'browser')
  return browser === false
    ? E.left(usageMistake('--device-code needs no browser here: leave out --no-browser.'))
    : E.right('deviceCode')
}

/** Refuses where nobody would see the address that the browser did not open. */
export const whereSeen = (
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
  way: LoginWay,
): E.Either<SingleRefusal, LoginWay> =>
  pipe(
    way,
    E.fromPredicate(
      wanted => wanted !== 'browser' || stderr.isTerminal || stdin.isTerminal,
      (): SingleRefusal => ({ _tag: 'SignInImpossible' }),
    ),
  )
