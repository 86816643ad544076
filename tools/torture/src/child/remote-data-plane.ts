import type { DataHolder, HolderProblem, InboundProfiles } from '@lethe/application'
import type { DataPlane } from '@lethe/api'
import { HolderName } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'
import { dataPlanePaths, ProfileAnswer, ReadBackAnswer, RemoveAnswer } from '../data-plane-wire.js'
import { made } from '../made.js'
import { between, type KillSwitch } from './kill-switch.js'

/** How long an answer may take, in milliseconds: well within what a holder may take. */
const answerLimit = 8000

const holderName = made(HolderName, 'graph')

/** The data plane that the torture serves over HTTP, with a kill point before and after each call to the holder. */
export const remoteDataPlane = (baseUrl: string, killer: KillSwitch): DataPlane => ({
  inboundProfiles: remoteProfiles(baseUrl),
  dataHolders: { of: () => [remoteHolder(baseUrl, killer)] },
})

const remoteProfiles = (baseUrl: string): InboundProfiles => ({
  get: (tenantId, userId) =>
    pipe(
      call(baseUrl, dataPlanePaths.profile, { tenantId, userId }, ProfileAnswer),
      TE.bimap(
        () => ({ _tag: 'Unavailable', retryAfterSeconds: 1 }),
        ({ profile }) => O.fromNullable(profile),
      ),
    ),
  list: () => TE.right({ items: [], next: null }),
})

const remoteHolder = (baseUrl: string, killer: KillSwitch): DataHolder => ({
  name: holderName,
  remove: removal =>
    between(
      killer,
      'holder remove',
    )(
      pipe(
        call(baseUrl, dataPlanePaths.remove, removal, RemoveAnswer),
        TE.map(({ did }) => did),
      ),
    ),
  readBack: (tenantId, userId) =>
    between(
      killer,
      'holder readBack',
    )(
      pipe(
        call(baseUrl, dataPlanePaths.readBack, { tenantId, userId }, ReadBackAnswer),
        TE.map(({ found }) => found),
      ),
    ),
})

/** An answer that never came, or that cannot be understood, leaves open whether the call took effect. */
const call = <A>(
  baseUrl: string,
  path: string,
  body: unknown,
  codec: t.Type<A, unknown, unknown>,
): TE.TaskEither<HolderProblem, A> =>
  pipe(
    TE.tryCatch(
      async () => {
        const response = await fetch(`${baseUrl}${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(answerLimit),
        })
        const text = await response.text()
        return { status: response.status, retryAfter: response.headers.get('Retry-After'), text }
      },
      (): HolderProblem => ({ _tag: 'UnknownOutcome' }),
    ),
    TE.flatMap(({ status, retryAfter, text }) => {
      switch (status) {
        case 200:
          return TE.fromEither(parsed(codec, text))
        case 401:
          return TE.left<HolderProblem>({ _tag: 'SignInRequired', sent: true })
        case 403:
          return TE.left<HolderProblem>({ _tag: 'Refused' })
        case 503:
          return TE.left<HolderProblem>({
            _tag: 'RetryLater',
            afterSeconds: Number(retryAfter ?? '1'),
            sent: true,
          })
        default:
          return TE.left<HolderProblem>({ _tag: 'UnknownOutcome' })
      }
    }),
  )

const parsed = <A>(codec: t.Type<A, unknown, unknown>, text: string): E.Either<HolderProblem, A> =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      () => null,
    ),
    E.flatMap(json => codec.decode(json)),
    E.mapLeft(() => ({ _tag: 'UnknownOutcome' })),
  )
