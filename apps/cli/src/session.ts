import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Io } from './io.js'
import type { LetheApi } from './lethe-api.js'
import type { Output } from './output.js'
import type { Refusal } from './refusal.js'
import type { TokenSummary } from './token.js'

/** What a command works with. */
export interface Session {
  readonly io: Io
  readonly output: Output
  readonly lethe: LetheApi
  /** The same for whoever watches: while the server cannot be asked, its calls wait instead of failing. */
  readonly patientLethe: LetheApi
  readonly server: string
  readonly token: TokenSummary
  /** Tells the operator something, on stderr. */
  readonly say: (text: string) => Promise<void>
}

/** What a command does, once it is known that everything it was given is right. */
export type Perform = (session: Session) => TE.TaskEither<Refusal, void>
