import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { decoded } from './decoded.js'

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export const answerFrom = async (response: Response): Promise<Answer> => ({
  status: response.status,
  headers: response.headers,
  text: await response.text(),
})

export const jsonOf = ({ text }: Pick<Answer, 'text'>): unknown => JSON.parse(text)

const ErrorBody = t.strict(
  {
    error: t.strict({
      code: t.string,
      message: t.string,
      innerError: t.exact(
        t.intersection([
          t.type({ date: t.string, 'request-id': t.string, 'client-request-id': t.string }),
          t.partial({ reason: t.string, missing: t.string }),
        ]),
      ),
    }),
  },
  'ErrorBody',
)

/** The error object of an answer; throws where there is none. */
export const errorOf = (answer: Pick<Answer, 'text'>): t.TypeOf<typeof ErrorBody>['error'] =>
  decoded(ErrorBody)(jsonOf(answer)).error

/** Why a call was refused, in the words beside Graph's own. */
export const reasonOf = (
  answer: Pick<Answer, 'text'>,
): { readonly reason?: string; readonly missing?: string } => {
  const { date: _date, 'request-id': _id, 'client-request-id': _client, ...why } = errorOf(answer).innerError
  return why
}

/** A row of the table of errors. */
export interface Row {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** Which row of the table an answer is; its status alone where it is no error. */
export const rowOf = (answer: Pick<Answer, 'status' | 'text'>): Row | { readonly status: number } => {
  const body = answer.text === '' ? E.left([]) : ErrorBody.decode(jsonOf(answer))
  return E.isLeft(body)
    ? { status: answer.status }
    : { status: answer.status, code: body.right.error.code, message: body.right.error.message }
}
