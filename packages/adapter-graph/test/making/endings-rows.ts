import { endings, type LookupMeaning, type ReadBackMeaning, type RemovalMeaning } from '../../src/endings.js'

const inWords: Record<RemovalMeaning | ReadBackMeaning | LookupMeaning, string> = {
  cleared: 'cleared',
  absent: 'absent',
  present: 'present',
  found: 'found',
  none: 'none',
  settle: 'settled by a look',
  refused: 'refused for good',
  retryLater: 'retry later',
  notYet: 'not yet',
  signIn: 'sign-in needed',
  unknown: '**unknown outcome**',
  unavailable: 'unavailable',
  throttled: 'throttled',
}

/** The rows of the table of endings, as the documentation shows them. */
export const endingsRows = (): ReadonlyArray<ReadonlyArray<string>> =>
  Object.entries(endings).map(([kind, row]) => [
    `\`${kind}\``,
    row.when,
    inWords[row.removal],
    inWords[row.readBack],
    inWords[row.lookup],
    row.sent ? 'yes' : 'no',
    row.asksAgain ? 'yes' : 'no',
    row.failing ? 'yes' : 'no',
    row.because,
  ])
