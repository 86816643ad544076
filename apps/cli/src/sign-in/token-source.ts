import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ClientRefusal } from '../refusal.js'

/** Where a token comes from, each time that one is needed. */
export interface TokenSource {
  /** A token that is good for now. */
  readonly current: TE.TaskEither<ClientRefusal, string>
  /** Another token than one that was refused; null where there is no other. */
  readonly instead: (refused: string) => TE.TaskEither<ClientRefusal, string | null>
}

/** One token, for as long as it lasts. */
export const fixedToken = (token: string): TokenSource => ({
  current: TE.right(token),
  instead: () => TE.right(null),
})
