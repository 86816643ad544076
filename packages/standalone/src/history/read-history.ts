import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { HistoryRefusal } from '../refusal.js'
import { readPrivate } from './files.js'
import { Head } from './line.js'
import type { HistoryPlace } from './state-folder.js'
import { checkHistory, type ReadHistory } from './verify.js'

/** Reads and checks the history of a tenant; an empty one where there is none. It takes no lock. */
export const readHistory = async (
  place: HistoryPlace,
  tenantId: TenantId,
): Promise<E.Either<HistoryRefusal, ReadHistory>> => {
  // The head first: what is appended in between puts it behind, and never ahead.
  const head = await readPrivate(place.head)
  if (E.isLeft(head)) return head
  const text = await readPrivate(place.lines)
  if (E.isLeft(text)) return text
  const read = checkHistory(tenantId, { text: text.right ?? '', head: headIn(head.right) })
  const unreadableHead = head.right !== null && headIn(head.right) === null
  return E.right(
    unreadableHead && read.broken === null
      ? {
          ...read,
          broken: {
            _tag: 'LocalHistoryBroken',
            position: Math.max(read.lines.length, 1),
            reason: 'headDiffers',
          },
        }
      : read,
  )
}

const headIn = (text: string | null): Head | null =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text ?? 'null'),
      () => null,
    ),
    E.flatMap(json => Head.decode(json)),
    E.match(
      () => null,
      head => head,
    ),
  )
