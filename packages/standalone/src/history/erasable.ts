import { join } from 'node:path'
import { sha256Digest } from '@lethe/adapter-system'
import type { NoteRecord } from '@lethe/application'
import {
  NoteReference,
  type RemovalRequestId,
  Salt,
  type SubjectCommitment,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { HistoryRefusal } from '../refusal.js'
import { readPrivate, replacePrivate } from './files.js'
import { ensureFolder, type HistoryPlace } from './state-folder.js'

/** What is kept of one removal apart from the history, in a file that can be deleted. */
const Erasable = t.strict(
  {
    /** Without it nobody can tell whom the removal was about, not even who knows the id. */
    salt: Salt,
    notes: t.readonlyArray(t.strict({ reference: NoteReference, text: t.string })),
  },
  'Erasable',
)
export type Erasable = t.TypeOf<typeof Erasable>

const fileOf = ({ erasable }: HistoryPlace, id: RemovalRequestId): string => join(erasable, `${id}.json`)

/** Reads what is kept of a removal; null where it was erased. */
export const readErasable = async (
  place: HistoryPlace,
  id: RemovalRequestId,
): Promise<E.Either<HistoryRefusal, Erasable | null>> =>
  pipe(
    await readPrivate(fileOf(place, id)),
    E.map(text =>
      pipe(
        E.tryCatch(
          (): unknown => JSON.parse(text ?? ''),
          () => null,
        ),
        E.flatMap(json => Erasable.decode(json)),
        E.match(
          () => null,
          read => read,
        ),
      ),
    ),
  )

/** Keeps a reason beside the salt, before the history refers to it. */
export const keepErasable = async (
  place: HistoryPlace,
  id: RemovalRequestId,
  { salt, notes }: Erasable,
  note: NoteRecord,
): Promise<E.Either<HistoryRefusal, void>> => {
  const folder = await ensureFolder(place.erasable)
  return E.isLeft(folder)
    ? folder
    : replacePrivate(fileOf(place, id), JSON.stringify(Erasable.encode({ salt, notes: [...notes, note] })))
}

/** Whether a commitment is to this person. */
export const isAbout = (
  { salt }: Pick<Erasable, 'salt'>,
  commitment: SubjectCommitment,
  tenantId: TenantId,
  userId: UserId,
): boolean => sha256Digest.commitment(salt, tenantId, userId) === commitment
