import { ActorReference, NoteReference, RemovalRequestId, Salt } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { Identifiers } from '../ports/environment.js'
import { upTo } from './outcomes.js'

const many = upTo(5000)

/**
 * What the port `Identifiers` promises.
 *
 * @param name of the adapter.
 */
export const identifiersContract = (name: string, identifiers: Identifiers): void => {
  describe(`identifiers: ${name}`, () => {
    it('makes what fits the codecs', () => {
      for (const _ of upTo(100)) {
        expect(RemovalRequestId.is(identifiers.requestId())).toBe(true)
        expect(ActorReference.is(identifiers.actorReference())).toBe(true)
        expect(NoteReference.is(identifiers.noteReference())).toBe(true)
        expect(Salt.is(identifiers.salt())).toBe(true)
      }
    })

    it('makes request ids that are UUIDs of version 7 and sort in the order in which they were made', () => {
      const ids = many.map(() => identifiers.requestId())

      expect(ids.toSorted()).toStrictEqual(ids)
      expect(ids.every(id => /^.{14}7.{4}[89ab]/.test(id))).toBe(true)
    })

    it('makes nothing twice', () => {
      const made = many.flatMap(() => [
        identifiers.requestId(),
        identifiers.actorReference(),
        identifiers.noteReference(),
        identifiers.salt(),
      ])

      expect(new Set<string>(made).size).toBe(made.length)
    })

    it('makes references that do not betray their order, and salts without a constant part', () => {
      const references = upTo(64).map(() => identifiers.actorReference())
      const salts = upTo(64).map(() => identifiers.salt())

      expect(references.toSorted()).not.toStrictEqual(references)
      const constant = upTo(64).filter(n => new Set(salts.map(salt => salt[n - 1])).size === 1)
      expect(constant).toStrictEqual([])
    })
  })
}
