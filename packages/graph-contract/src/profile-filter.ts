import { type ProfileCondition, TenantId, UserId } from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { literalPattern, quoteLiteral, unquoteLiteral } from './odata-literal.js'

/** Conditions that all hold; none at all lets every profile pass. */
export type ProfileFilter = ReadonlyArray<ProfileCondition>

const condition = `(userId|homeTenantId|userPrincipalName)[ \\t]+eq[ \\t]+(${literalPattern})`
const wholeFilter = new RegExp(`^[ \\t]*${condition}(?:[ \\t]+and[ \\t]+${condition})*[ \\t]*$`)

/**
 * Reads the value of `$filter`: `eq` on userId, homeTenantId and userPrincipalName, joined by `and`. Operators are in
 * lower case and stand between spaces or tabs; values are string literals (OData 4.0 part 2, 5.1.1).
 *
 * @returns none where it is anything else, or where an id is no GUID.
 */
export const parseFilter = (text: string): O.Option<ProfileFilter> =>
  wholeFilter.test(text)
    ? pipe(
        [...text.matchAll(new RegExp(condition, 'g'))],
        O.traverseArray(([, property, literal]) => parseCondition(property, literal)),
      )
    : O.none

const parseCondition = (
  property: string | undefined,
  literal: string | undefined,
): O.Option<ProfileCondition> => pipe(unquoteLiteral(literal ?? ''), O.flatMap(conditionOn(property)))

const conditionOn =
  (property: string | undefined) =>
  (value: string): O.Option<ProfileCondition> => {
    if (property === 'userId')
      return pipe(
        O.fromEither(UserId.decode(value)),
        O.map(id => ({ property, value: id })),
      )
    if (property === 'homeTenantId')
      return pipe(
        O.fromEither(TenantId.decode(value)),
        O.map(id => ({ property, value: id })),
      )
    return property === 'userPrincipalName' ? O.some({ property, value }) : O.none
  }

/** Writes the value of `$filter`, not percent-encoded; empty where there is no condition. */
export const writeFilter = (filter: ProfileFilter): string =>
  filter.map(({ property, value }) => `${property} eq ${quoteLiteral(value)}`).join(' and ')
