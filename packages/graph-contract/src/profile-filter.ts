import { type ProfileCondition, TenantId, UserId } from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { literalPattern, quoteLiteral, unquoteLiteral } from './odata-literal.js'
import { type ProfileProperty, propertyNamed } from './profile-property.js'

/** Conditions that all hold; none at all lets every profile pass. */
export type ProfileFilter = ReadonlyArray<ProfileCondition>

const condition = `([A-Za-z]+)[ \\t]+eq[ \\t]+(${literalPattern})`
const wholeFilter = new RegExp(`^[ \\t]*${condition}(?:[ \\t]+and[ \\t]+${condition})*[ \\t]*$`)

/**
 * Reads the value of `$filter`: `eq` on userId, homeTenantId and userPrincipalName, joined by `and`. Properties are
 * named in any case. Operators are in lower case and stand between spaces or tabs; values are string literals (OData 4.0
 * part 2, 5.1.1).
 *
 * @returns none where it is anything else, or where an id is no GUID.
 */
export const parseFilter = (text: string): O.Option<ProfileFilter> =>
  wholeFilter.test(text)
    ? pipe(
        [...text.matchAll(new RegExp(condition, 'g'))],
        O.traverseArray(([, name = '', literal = '']) =>
          pipe(unquoteLiteral(literal), O.flatMap(conditionOn(propertyNamed(name)))),
        ),
      )
    : O.none

const conditionOn =
  (property: ProfileProperty | null) =>
  (value: string): O.Option<ProfileCondition> => {
    switch (property) {
      case 'userId':
        return pipe(
          O.fromEither(UserId.decode(value)),
          O.map(id => ({ property, value: id })),
        )
      case 'homeTenantId':
        return pipe(
          O.fromEither(TenantId.decode(value)),
          O.map(id => ({ property, value: id })),
        )
      case 'userPrincipalName':
        return O.some({ property, value })
      case 'displayName':
      case null:
        return O.none
    }
  }

/** Writes the value of `$filter`, not percent-encoded; empty where there is no condition. */
export const writeFilter = (filter: ProfileFilter): string =>
  filter.map(({ property, value }) => `${property} eq ${quoteLiteral(value)}`).join(' and ')
