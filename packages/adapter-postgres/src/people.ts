import type { Actor, Actors, Erasure, Notes, ResolvedSubject, Subjects } from '@lethe/application'
import { ActorReference, NoteReference, Salt, SubjectCommitment, type TenantId, UserId } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { actorColumns, actorIn } from './actor-rows.js'
import { columnIn, decodedRow } from './event-rows.js'
import { groupedBy } from './grouping.js'
import { type OnProblem, orUnavailable } from './problems.js'
import type { TenantTransactions } from './tenant-transactions.js'

export interface PeopleDeps {
  readonly transactions: TenantTransactions
  readonly onProblem: OnProblem
}

/** Whom requests are about, in `removal_subject`. */
export const postgresSubjects = ({ transactions, onProblem }: PeopleDeps): Subjects => {
  const attempt = orUnavailable(onProblem)
  // Workers ask for one at a time, many workers at the same time: all are asked for together.
  const resolveTogether = groupedBy(
    { lanes: 2, most: 256, admit: transactions.admit },
    (tenantId: TenantId) => async (asked: ReadonlyArray<ReadonlyArray<SubjectCommitment>>) => {
      const found = await subjectsOf(transactions, tenantId, [...new Set(asked.flat())])
      return asked.map(
        commitments =>
          new Map(
            commitments.flatMap(commitment => {
              const subject = found.get(commitment)
              return subject === undefined ? [] : [[commitment, subject] as const]
            }),
          ),
      )
    },
  )
  return {
    resolve: (tenantId, commitments) =>
      attempt('resolve-subjects', () => resolveTogether(tenantId)(commitments)),
    erase: (tenantId, userId) =>
      attempt('erase-subject', async () =>
        erasureIn(
          await transactions.once(tenantId, {
            text: `
              with erased as (
                delete from lethe.removal_subject
                where tenant_id = $1 and user_id = $2 and ended_as is not null
                returning request_id
              ), silenced as (
                delete from lethe.removal_note
                where tenant_id = $1 and request_id in (select request_id from erased)
              )
              select
                (select count(*)::int from erased) as erased,
                (select count(*)::int from lethe.removal_subject
                 where tenant_id = $1 and user_id = $2 and ended_as is null) as kept`,
            values: [tenantId, userId],
          }),
        ),
      ),
  }
}

const SubjectRow = t.strict({ commitment: SubjectCommitment, user_id: UserId, salt: Salt })

const subjectsOf = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  commitments: ReadonlyArray<SubjectCommitment>,
): Promise<ReadonlyMap<SubjectCommitment, ResolvedSubject>> => {
  const rows = await transactions.once(tenantId, {
    name: 'resolve-subjects',
    text: `
      select encode(commitment, 'hex') as commitment, user_id, encode(salt, 'hex') as salt
      from lethe.removal_subject
      where tenant_id = $1 and commitment = any($2::bytea[])`,
    values: [tenantId, commitments.map(commitment => Buffer.from(commitment, 'hex'))],
  })
  return new Map(
    rows
      .map(row => decodedRow(SubjectRow, row))
      .map(({ commitment, user_id: userId, salt }) => [commitment, { userId, salt }]),
  )
}

/** Who acted on requests, in `removal_actor`. */
export const postgresActors = ({ transactions, onProblem }: PeopleDeps): Actors => {
  const attempt = orUnavailable(onProblem)
  return {
    referenceOf: (tenantId, requestId, actor) =>
      attempt('reference-of-actor', async () =>
        O.fromNullable(
          columnIn(
            'reference',
            ActorReference,
            await transactions.once(tenantId, {
              name: 'reference-of-actor',
              text: `
                select reference from lethe.removal_actor
                where tenant_id = $1 and identity = $2 and kind = $3 and request_id = $4`,
              values: [tenantId, ...identityOf(actor), requestId],
            }),
          )[0],
        ),
      ),
    resolve: (tenantId, references) =>
      attempt('resolve-actors', async () => {
        const rows = await transactions.once(tenantId, {
          name: 'resolve-actors',
          text: `
            select reference, kind, identity, through_app_id from lethe.removal_actor
            where tenant_id = $1 and reference = any($2::uuid[])`,
          values: [tenantId, references],
        })
        return new Map(rows.map(actorIn).map(({ reference, actor }) => [reference, actor]))
      }),
    erase: (tenantId, actor) =>
      attempt('erase-actor', async () =>
        erasureIn(
          await transactions.once(tenantId, {
            text: `
              with theirs as (
                select actor.reference, request.state in (${openStates}) as open
                from lethe.removal_actor actor
                join lethe.removal_request request
                  on request.tenant_id = actor.tenant_id and request.request_id = actor.request_id
                where actor.tenant_id = $1 and actor.identity = $2 and actor.kind = $3
              ), erased as (
                delete from lethe.removal_actor
                where tenant_id = $1 and reference in (select reference from theirs where not open)
              )
              select
                (select count(*)::int from theirs where not open) as erased,
                (select count(*)::int from theirs where open) as kept`,
            values: [tenantId, ...identityOf(actor)],
          }),
        ),
      ),
  }
}

/** What people wrote about requests, in `removal_note`. */
export const postgresNotes = ({ transactions, onProblem }: PeopleDeps): Notes => ({
  resolve: (tenantId, references) =>
    orUnavailable(onProblem)('resolve-notes', async () => {
      const rows = await transactions.once(tenantId, {
        name: 'resolve-notes',
        text: `
          select reference, text from lethe.removal_note
          where tenant_id = $1 and reference = any($2::uuid[])`,
        values: [tenantId, references],
      })
      return new Map(
        rows.map(row => decodedRow(NoteRow, row)).map(({ reference, text }) => [reference, text]),
      )
    }),
})

const NoteRow = t.strict({ reference: NoteReference, text: t.string })
const ErasureRow = t.strict({ erased: t.number, kept: t.number })

/** The states of requests that are open, as they stand in the index of due dates. */
export const openStates = `'pendingApproval', 'approved', 'removing', 'verifying', 'failed'`

const identityOf = (actor: Actor): readonly [string, Actor['kind']] => {
  const { i, k } = actorColumns(actor)
  return [i, k]
}

const erasureIn = (rows: ReadonlyArray<unknown>): Erasure => decodedRow(ErasureRow, rows[0])
