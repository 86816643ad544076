import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { GlobalOptions } from './global-options.js'
import type { Io } from './io.js'
import type { LetheApi } from './lethe-api.js'
import type { Output } from './output.js'
import type { Refusal } from './refusal.js'
import type { TokenOrigin } from './sign-in/token-origin.js'
import type { TokenSource } from './sign-in/token-source.js'
import type { During } from './spinner.js'
import type { TokenSummary } from './token.js'

/** What a command works with. */
export interface Session {
  readonly io: Io
  readonly output: Output
  readonly lethe: LetheApi
  /** The same for whoever watches: while the server cannot be asked, its calls wait instead of failing. */
  readonly patientLethe: LetheApi
  readonly server: string
  /** What the token says of itself, as it is when the command begins. */
  readonly token: TokenSummary
  readonly tokens: TokenSource
  /** Where the token comes from. */
  readonly origin: TokenOrigin
  /** Shows on a terminal what takes long. */
  readonly during: During
  /** Tells the operator something, on stderr. */
  readonly say: (text: string) => Promise<void>
}

/** What a command works with that needs no server, or nobody who is signed in. */
export interface LocalSession {
  readonly io: Io
  readonly output: Output
  readonly globals: GlobalOptions
  /** Shows on a terminal what takes long. */
  readonly during: During
  readonly say: (text: string) => Promise<void>
}

/** What such a command does. */
export type PerformLocally = (session: LocalSession) => TE.TaskEither<Refusal, void>

/** What a command does, once it is known that everything it was given is right. */
export type Perform = (session: Session) => TE.TaskEither<Refusal, void>
