import { Denial, longestNote } from '@lethe/api-contract'
import { DenialCode } from '@lethe/domain'
import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type UsageMistake, usageMistake } from '../refusal.js'

/** What a denial was given. */
export const DenialOptions = t.intersection([t.type({ code: DenialCode }), t.partial({ note: t.string })])

/** Adds what every denial takes. */
export const addDenialOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--code <code>', 'the reason; GDPR art. 17(3) (a) to (e) are the first five')
        .choices(Object.keys(DenialCode.keys))
        .makeOptionMandatory(),
    )
    .option('--note <text>', 'in your words; needed with the code other')

export const readDenial = ({ code, note }: t.TypeOf<typeof DenialOptions>): E.Either<UsageMistake, Denial> =>
  code === 'other' && note === undefined
    ? E.left(usageMistake('--code other needs a --note.'))
    : pipe(
        Denial.decode({ code, ...(note === undefined ? {} : { note }) }),
        E.mapLeft(() => usageMistake(`--note takes a text of at most ${longestNote} characters.`)),
      )
