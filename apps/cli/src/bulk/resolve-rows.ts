import type { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { ClientRefusal } from '../refusal.js'
import type { AskingMany } from './ask-many.js'
import { lookUpNames } from './look-up-names.js'
import type { RowResult } from './outcome.js'
import type { Row } from './read-rows.js'
import { subjectIn } from './row-subject.js'

/** A row, and whom it names. */
export interface NamedRow {
  readonly row: Row
  readonly userId: UserId
}

/** Rows that somebody can be asked about, and what became of the others already. */
export interface ResolvedRows {
  readonly named: ReadonlyArray<NamedRow>
  readonly settled: ReadonlyArray<RowResult>
}

/** Finds out whom rows name: those that name nobody are settled. */
export const resolveRows =
  (deps: AskingMany) =>
  async (rows: ReadonlyArray<Row>): Promise<E.Either<ClientRefusal, ResolvedRows>> => {
    const subjects = rows.map(row => ({ row, subject: subjectIn(row.cell) }))
    const found = await lookUpNames(deps)(
      subjects.flatMap(({ subject }) => (subject.kind === 'name' ? [subject.userPrincipalName] : [])),
    )
    if (E.isLeft(found)) return found
    const named: Array<NamedRow> = []
    const settled: Array<RowResult> = []
    for (const { row, subject } of subjects)
      switch (subject.kind) {
        case 'id':
          named.push({ row, userId: subject.userId })
          break
        case 'name': {
          const name = found.right.get(subject.userPrincipalName) ?? { kind: 'nobody' }
          if (name.kind === 'found') named.push({ row, userId: name.userId })
          else if (name.kind === 'nobody') settled.push({ ...row, outcome: 'notFound', requestId: null })
          else settled.push({ ...row, outcome: 'refused', requestId: null, code: String(name.status) })
          break
        }
        case 'malformed':
          settled.push({ ...row, outcome: 'malformed', requestId: null })
      }
    return E.right({ named, settled })
  }
