import {
  deny,
  type DenialCode,
  type Grant,
  type NoteRequired,
  type RemovalRequest,
  type RemovalRequestId,
  type WrongState,
} from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Clock, Identifiers } from '../ports/environment.js'
import { act, type ActingDeps, type ActingRefusal, actorOf } from './acting.js'

export interface DenyRemovalDeps extends ActingDeps {
  readonly clock: Clock
  readonly identifiers: Pick<Identifiers, 'actorReference' | 'noteReference'>
}

export type DenyRemovalRefusal = ActingRefusal | NoteRequired | WrongState

export type DenyRemoval = (input: {
  readonly grant: Grant<'deny'>
  readonly id: RemovalRequestId
  readonly code: DenialCode
  /** Kept apart from the history, because it may name somebody; null for none. */
  readonly note: string | null
}) => TE.TaskEither<DenyRemovalRefusal, RemovalRequest>

/** Denies a request for a coded reason (GDPR art. 12(4) and 17(3)). */
export const denyRemoval =
  (deps: DenyRemovalDeps): DenyRemoval =>
  ({ grant, id, code, note }) => {
    if (lacksNote(code, note)) return TE.left({ _tag: 'NoteRequired' })
    const record = note === null ? null : { reference: deps.identifiers.noteReference(), text: note }
    return act(deps)({
      tenantId: grant.tenantId,
      id,
      actor: actorOf(grant.caller),
      note: record,
      signIn: null,
      decide: by => deny({ by, code, note: record?.reference ?? null, at: deps.clock.now() }),
    })
  }

/** Whether a denial has to say why in a note, and does not. */
export const lacksNote = (code: DenialCode, note: string | null): boolean =>
  code === 'other' && (note === null || note.trim() === '')
