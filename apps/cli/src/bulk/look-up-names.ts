import { ProfileCollection, profilesPath } from '@lethe/graph-contract'
import type { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { ClientRefusal } from '../refusal.js'
import { type AskingMany, askMany } from './ask-many.js'

/**
 * Finds the inbound users of user principal names.
 *
 * @returns who was found, by the name as it was given.
 */
export const lookUpNames =
  (deps: AskingMany) =>
  async (names: ReadonlyArray<string>): Promise<E.Either<ClientRefusal, ReadonlyMap<string, UserId>>> => {
    const asked = [...new Set(names)]
    if (asked.length === 0) return E.right(new Map())
    const answers = await askMany(
      deps,
      'graph',
    )(asked.map(name => ({ method: 'GET', url: `${profilesPath}?$top=1&$filter=${filterOf(name)}` })))
    if (E.isLeft(answers)) return answers
    return E.right(
      new Map(
        asked.flatMap((name, index): ReadonlyArray<readonly [string, UserId]> => {
          const page = ProfileCollection.decode(answers.right[index]?.body)
          const userId = E.isRight(page) ? page.right.value[0]?.userId : undefined
          return userId === undefined ? [] : [[name, userId]]
        }),
      ),
    )
  }

/** A string literal of OData doubles its quotes. */
const filterOf = (name: string): string =>
  encodeURIComponent(`userPrincipalName eq '${name.replaceAll("'", "''")}'`)
