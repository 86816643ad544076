import { Closing, Denial, longestNote } from '@lethe/api-contract'
import { AbandonmentCode, DenialCode } from '@lethe/domain'
import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type UsageMistake, usageMistake } from '../refusal.js'

const optionsWith = <C extends t.Mixed>(code: C) =>
  t.intersection([t.type({ code }), t.partial({ note: t.string })])

/** What a denial was given. */
export const DenialOptions = optionsWith(DenialCode)
/** What a closing was given. */
export const ClosingOptions = optionsWith(AbandonmentCode)

/** Adds what every denial takes. */
export const addDenialOptions = (command: Command): Command =>
  addCodedOptions(command, 'the reason; GDPR art. 17(3) (a) to (e) are the first five', DenialCode)

/** Adds what closing takes. */
export const addClosingOptions = (command: Command): Command =>
  addCodedOptions(command, 'why it is not retried', AbandonmentCode)

const addCodedOptions = (command: Command, help: string, { keys }: { readonly keys: object }): Command =>
  command
    .addOption(new Option('--code <code>', help).choices(Object.keys(keys)).makeOptionMandatory())
    .option('--note <text>', 'in your words; needed with the code other')

const readCoded =
  <A>(codec: t.Decoder<unknown, A>) =>
  ({ code, note }: { readonly code: string; readonly note?: string }): E.Either<UsageMistake, A> =>
    code === 'other' && note === undefined
      ? E.left(usageMistake('--code other needs a --note.'))
      : pipe(
          codec.decode({ code, ...(note === undefined ? {} : { note }) }),
          E.mapLeft(() => usageMistake(`--note takes a text of at most ${longestNote} characters.`)),
        )

export const readDenial = readCoded(Denial)
export const readClosing = readCoded(Closing)
