import * as t from 'io-ts'
import { parseClaimsRequest } from './claims-request.js'
import * as E from 'fp-ts/lib/Either.js'

const ClaimsText = t.refinement(
  t.string,
  text => E.isRight(parseClaimsRequest(text)),
  'a claims request as JSON text, such as {"access_token":{"acrs":{"value":"c1"}}}',
)

/** What becomes of somebody's sign-in. */
export const SignIn = t.exact(
  t.intersection([
    t.type({
      state: t.keyof({ ok: null, revoked: null, needsInteraction: null }, 'ok, revoked or needsInteraction'),
    }),
    t.partial({ claims: ClaimsText }),
  ]),
  'SignIn',
)
/** `claims` is what Graph then demands of their tokens: any other one is challenged. */
export type SignIn = t.TypeOf<typeof SignIn>

/** The sign-ins of the sandbox's people, by name. Kept in memory: after a restart all are well. */
export interface SignIns {
  readonly of: (person: string) => SignIn
  readonly put: (person: string, signIn: SignIn) => void
}

export const createSignIns = (): SignIns => {
  const changed = new Map<string, SignIn>()
  return {
    of: person => changed.get(person) ?? { state: 'ok' },
    put: (person, signIn) => {
      changed.set(person, signIn)
    },
  }
}
