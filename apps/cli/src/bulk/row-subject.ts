import { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'

/** Whom a row names. */
export type RowSubject =
  | { readonly kind: 'id'; readonly userId: UserId }
  /** A user principal name, to be looked up. */
  | { readonly kind: 'name'; readonly userPrincipalName: string }
  | { readonly kind: 'malformed' }

/** The longest user principal name: 64 characters before the @ and 255 behind it would be an address; Entra takes 113. */
const longestName = 320

/** Reads a cell: a GUID, or a user principal name. */
export const subjectIn = (cell: string): RowSubject => {
  const userId = UserId.decode(cell)
  if (E.isRight(userId)) return { kind: 'id', userId: userId.right }
  return /^[^\s@]+@[^\s@]+$/.test(cell) && cell.length <= longestName && cell.isWellFormed()
    ? { kind: 'name', userPrincipalName: cell }
    : { kind: 'malformed' }
}
