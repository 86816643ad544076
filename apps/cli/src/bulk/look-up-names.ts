import type { UserId } from '@lethe/domain'
import { type BatchItemResponse, graphRoot, ProfileCollection, profilesPath } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import type { ClientRefusal } from '../refusal.js'
import { type AskingMany, askMany } from './ask-many.js'

/** What became of a user principal name: whose it is, nobody's, or nothing that can be said (the status). */
export type NameFound =
  | { readonly kind: 'found'; readonly userId: UserId }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refused'; readonly status: number }

/** More pages are not followed: a filter for one person gives few. */
const mostPages = 50

/**
 * Finds the inbound users of user principal names. A page without anybody is followed: a Graph that knows no filter has them on
 * another.
 *
 * @returns what was found, by the name as it was given.
 */
export const lookUpNames =
  (deps: AskingMany) =>
  async (names: ReadonlyArray<string>): Promise<E.Either<ClientRefusal, ReadonlyMap<string, NameFound>>> => {
    const found = new Map<string, NameFound>()
    let open = [...new Set(names)].map(name => ({ name, url: `${profilesPath}?$filter=${filterOf(name)}` }))
    for (let page = 0; open.length > 0; page += 1) {
      const answers = await askMany(deps, 'graph')(open.map(({ url }) => ({ method: 'GET', url })))
      if (E.isLeft(answers)) return answers
      const next: Array<{ readonly name: string; readonly url: string }> = []
      for (const [index, { name }] of open.entries()) {
        const { settled, url } = readPage(name, answers.right[index])
        if (settled !== null) found.set(name, settled)
        else if (url === null || page === mostPages) found.set(name, { kind: 'nobody' })
        else next.push({ name, url })
      }
      open = next
    }
    return E.right(found)
  }

const readPage = (
  name: string,
  answer: BatchItemResponse | undefined,
): { readonly settled: NameFound | null; readonly url: string | null } => {
  const page = ProfileCollection.decode(answer?.body)
  if (answer?.status !== 200 || E.isLeft(page))
    return { settled: { kind: 'refused', status: answer?.status ?? 0 }, url: null }
  const theirs = page.right.value.find(
    ({ userPrincipalName }) => userPrincipalName?.toLowerCase() === name.toLowerCase(),
  )
  return theirs === undefined
    ? { settled: null, url: pathOf(page.right['@odata.nextLink']) }
    : { settled: { kind: 'found', userId: theirs.userId }, url: null }
}

/** What stands below the root in a link: an item of a batch names nothing else. */
const pathOf = (link: string | undefined): string | null => {
  const url = link === undefined ? null : URL.parse(link)
  const at = url?.pathname.indexOf(`${graphRoot}/`) ?? -1
  return url === null || at === -1 ? null : `${url.pathname.slice(at + graphRoot.length)}${url.search}`
}

/** A string literal of OData doubles its quotes. */
const filterOf = (name: string): string =>
  encodeURIComponent(`userPrincipalName eq '${name.replaceAll("'", "''")}'`)
