import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { HistoryRefusal } from '../refusal.js'

type Unusable = Extract<HistoryRefusal, { readonly _tag: 'LocalHistoryUnusable' }>

const Coded = t.type({ code: t.string })

export const unusable = (reason: Unusable['reason'], code: string | null): Unusable => ({
  _tag: 'LocalHistoryUnusable',
  reason,
  code,
})

/** The code of an error of the platform; its message may hold a path. */
export const codeOf = (error: unknown): string | null => (Coded.is(error) ? error.code : null)

/** Works with files: what the system refuses is a refusal here. */
export const attempted = async <A, R = never>(
  work: () => Promise<E.Either<HistoryRefusal | R, A>>,
): Promise<E.Either<HistoryRefusal | R, A>> => {
  try {
    return await work()
  } catch (error) {
    const code = codeOf(error)
    return E.left(unusable(code === 'ELOOP' ? 'openToOthers' : 'failed', code))
  }
}
