import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ChainHead,
  type Envelope,
  type SealedEvent,
  seal,
  verifyChain,
  verifyNext,
} from '../src/index.js'
import { command, muchLater } from './making/commands.js'
import { eventsOf, run } from './making/history.js'
import { northwind, otherRequestId } from './making/people-and-places.js'
import { histories } from './making/random-commands.js'
import { weakDigest } from './making/weak-digest.js'

type Chain = ReadonlyArray<SealedEvent>

const sealAll = seal(weakDigest)
/** The request that the tests make histories of. */
const { tenantId, id: requestId } = command.submit()
const verify = (head: ChainHead, chain: Chain) =>
  verifyChain(weakDigest)({ tenantId, requestId }, head, chain)

const headOf = (chain: Chain): ChainHead => {
  const last = chain.at(-1)
  if (last === undefined) throw new Error('The test made no chain.')
  return { sequence: last.envelope.sequence, hash: last.hash }
}

const chains: fc.Arbitrary<Chain> = histories.map(commands => sealAll(null, eventsOf(run(commands))))
const chainAndPlace = chains.chain(chain => fc.tuple(fc.constant(chain), fc.nat({ max: chain.length - 1 })))

/** Ways to change an event; each makes another event of it. */
const changes: Record<string, (envelope: Envelope) => Envelope> = {
  at: envelope => ({ ...envelope, at: muchLater === envelope.at ? command.submit().at : muchLater }),
  type: envelope => ({ ...envelope, type: `${envelope.type}X` }),
  data: envelope => ({ ...envelope, data: { ...envelope.data, by: 'somebody else' } }),
  schemaVersion: envelope => ({ ...envelope, schemaVersion: envelope.schemaVersion + 1 }),
  sequence: envelope => ({ ...envelope, sequence: envelope.sequence + 1 }),
  tenantId: envelope => ({ ...envelope, tenantId: northwind }),
  requestId: envelope => ({ ...envelope, requestId: otherRequestId }),
  previousHash: envelope => ({ ...envelope, previousHash: weakDigest(envelope) }),
}

const changedAt = (chain: Chain, index: number, change: (event: SealedEvent) => SealedEvent): Chain =>
  chain.map((event, position) => (position === index ? change(event) : event))

/** Makes each hash right again from an event on, as somebody would who can write to the store. */
const forged = (chain: Chain): Chain => {
  const again: Array<SealedEvent> = []
  for (const { envelope } of chain) {
    const linked = { ...envelope, previousHash: again.at(-1)?.hash ?? null }
    again.push({ envelope: linked, hash: weakDigest(linked) })
  }
  return again
}

const forEveryChain = (check: (chain: Chain, place: number) => void): void => {
  fc.assert(fc.property(chainAndPlace, ([chain, place]) => check(chain, place)))
}

describe('an untouched chain', () => {
  test('is verified part by part as it is as a whole', () => {
    forEveryChain((chain, place) => {
      const next = verifyNext(weakDigest)
      const first = next({ tenantId, requestId }, null, chain.slice(0, place))
      const second = E.flatMap((end: ChainHead | null) =>
        next({ tenantId, requestId }, end, chain.slice(place)),
      )(first)
      expect(second).toEqual(E.right(headOf(chain)))
      // What is left out between two parts is missed.
      expect(next({ tenantId, requestId }, null, chain.slice(place + 1))).toEqual(
        place + 1 === chain.length
          ? E.right(null)
          : E.left({ _tag: 'BrokenChain', position: 1, reason: 'outOfSequence' }),
      )
    })
  })

  test('verifies, and gives its head', () => {
    forEveryChain(chain => {
      expect(verify(headOf(chain), chain)).toEqual(E.right(headOf(chain)))
    })
  })

  test('is the same whether it was sealed at once or bit by bit', () => {
    fc.assert(
      fc.property(histories, commands => {
        const steps = run(commands)
        const bitByBit = steps.reduce<Chain>(
          (chain, { events }) => [...chain, ...sealAll(chain.length === 0 ? null : headOf(chain), events)],
          [],
        )
        expect(bitByBit).toEqual(sealAll(null, eventsOf(steps)))
      }),
    )
  })

  test('begins with no previous hash, and is written in the current version', () => {
    forEveryChain(chain => {
      expect(chain.map(({ envelope }) => envelope.previousHash)).toEqual([
        null,
        ...chain.slice(0, -1).map(({ hash }) => hash),
      ])
      expect(new Set(chain.map(({ envelope }) => envelope.schemaVersion))).toEqual(new Set([1]))
    })
  })
})

describe('a chain that somebody touched does not verify', () => {
  test.each(Object.entries(changes))('%s changed', (_, change) => {
    forEveryChain((chain, place) => {
      const changed = changedAt(chain, place, ({ envelope, hash }) => ({ envelope: change(envelope), hash }))
      expect(verify(headOf(chain), changed)).toMatchObject({ _tag: 'Left' })
    })
  })

  test.each(Object.entries(changes))('%s changed, and the hash of the event with it', (_, change) => {
    forEveryChain((chain, place) => {
      const changed = changedAt(chain, place, ({ envelope }) => ({
        envelope: change(envelope),
        hash: weakDigest(change(envelope)),
      }))
      expect(verify(headOf(chain), changed)).toMatchObject({ _tag: 'Left' })
    })
  })

  test('an event changed, and every hash after it too', () => {
    forEveryChain((chain, place) => {
      const changed = changedAt(chain, place, ({ envelope, hash }) => ({
        envelope: { ...envelope, data: { ...envelope.data, by: 'somebody else' } },
        hash,
      }))
      expect(verify(headOf(chain), forged(changed))).toEqual(
        E.left({ _tag: 'BrokenChain', position: chain.length, reason: 'headDiffers' }),
      )
    })
  })

  test('a hash changed', () => {
    forEveryChain((chain, place) => {
      const changed = changedAt(chain, place, ({ envelope, hash }) => ({
        envelope,
        hash: weakDigest({ ...envelope, previousHash: hash }),
      }))
      expect(verify(headOf(chain), changed)).toMatchObject({ _tag: 'Left' })
    })
  })

  test('an event dropped', () => {
    forEveryChain((chain, place) => {
      expect(verify(headOf(chain), chain.toSpliced(place, 1))).toMatchObject({ _tag: 'Left' })
      expect(verify(headOf(chain), forged(chain.toSpliced(place, 1)))).toMatchObject({ _tag: 'Left' })
    })
  })

  test('two events swapped', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.nat(), ([chain, place], choice) => {
        const other = choice % chain.length
        fc.pre(other !== place)
        const swapped = chain.map((event, index) =>
          index === place ? (chain[other] ?? event) : index === other ? (chain[place] ?? event) : event,
        )
        expect(verify(headOf(chain), swapped)).toMatchObject({ _tag: 'Left' })
        expect(verify(headOf(chain), forged(swapped))).toMatchObject({ _tag: 'Left' })
      }),
    )
  })

  test('an event inserted', () => {
    forEveryChain((chain, place) => {
      const inserted = chain.toSpliced(place, 0, ...chain.slice(place, place + 1))
      expect(verify(headOf(chain), inserted)).toMatchObject({ _tag: 'Left' })
      expect(verify(headOf(chain), forged(inserted))).toMatchObject({ _tag: 'Left' })
    })
  })

  test('an event added at the end, properly linked', () => {
    forEveryChain(chain => {
      const { sequence, hash } = headOf(chain)
      const added = changedAt(sealAll(null, eventsOf(run([command.submit()]))), 0, ({ envelope }) => {
        const next = { ...envelope, sequence: sequence + 1, previousHash: hash }
        return { envelope: next, hash: weakDigest(next) }
      })
      expect(verify(headOf(chain), [...chain, ...added])).toMatchObject({
        left: { reason: 'headDiffers', position: chain.length + 1 },
      })
    })
  })

  test('the end cut off, down to nothing', () => {
    forEveryChain((chain, place) => {
      expect(verify(headOf(chain), chain.slice(0, place))).toEqual(
        E.left({ _tag: 'BrokenChain', position: place, reason: 'headDiffers' }),
      )
    })
  })

  test('the head changed', () => {
    forEveryChain(chain => {
      const head = headOf(chain)
      const [first] = chain
      const otherHash = first === undefined ? head.hash : weakDigest({ ...first.envelope, type: 'other' })
      expect(verify({ ...head, sequence: head.sequence + 1 }, chain)).toMatchObject({ _tag: 'Left' })
      expect(verify({ ...head, hash: otherHash }, chain)).toMatchObject({ _tag: 'Left' })
    })
  })

  test('the history of another request in its place', () => {
    forEveryChain(chain => {
      const another = forged(
        chain.map(({ envelope, hash }) => ({ envelope: { ...envelope, requestId: otherRequestId }, hash })),
      )
      expect(verify(headOf(chain), another)).toMatchObject({ _tag: 'Left' })
    })
  })
})

describe('a broken chain says where, and why', () => {
  const chain = sealAll(
    null,
    eventsOf(run([command.submit(), command.approve(), command.start(), command.recordHolderResult()])),
  )
  const third = (change: (event: SealedEvent) => SealedEvent): Chain => changedAt(chain, 2, change)
  const resealed = (change: (envelope: Envelope) => Envelope) =>
    forged(third(event => ({ ...event, envelope: change(event.envelope) })))

  test.each([
    ['outOfSequence', 3, chain.toSpliced(2, 1)],
    ['outOfSequence', 3, resealed(envelope => ({ ...envelope, sequence: 4 }))],
    ['anotherRequest', 3, resealed(envelope => ({ ...envelope, requestId: otherRequestId }))],
    ['anotherRequest', 3, resealed(envelope => ({ ...envelope, tenantId: northwind }))],
    [
      'previousHashDiffers',
      3,
      third(event => ({ ...event, envelope: { ...event.envelope, previousHash: null } })),
    ],
    ['contentDiffers', 3, third(event => ({ ...event, envelope: { ...event.envelope, data: {} } }))],
    ['headDiffers', 4, chain.slice(0, 4)],
  ] as const)('%s at %i', (reason, position, touched) => {
    expect(verify(headOf(chain), touched)).toEqual(E.left({ _tag: 'BrokenChain', position, reason }))
  })
})

test('the whole chain of another request is not the history of this one', () => {
  const chain = sealAll(null, eventsOf(run([command.submit()])))

  expect(verifyChain(weakDigest)({ tenantId, requestId: otherRequestId }, headOf(chain), chain)).toEqual(
    E.left({ _tag: 'BrokenChain', position: 1, reason: 'anotherRequest' }),
  )
  expect(verifyChain(weakDigest)({ tenantId: northwind, requestId }, headOf(chain), chain)).toEqual(
    E.left({ _tag: 'BrokenChain', position: 1, reason: 'anotherRequest' }),
  )
})
