import { describe, expect, it } from 'vitest'
import type { LookupMeaning, ReadBackMeaning, RemovalMeaning } from '../src/ending-row.js'
import { type EndingKind, endings } from '../src/endings.js'
import type { Operation } from '../src/index.js'
import { makeClient, tokenFor } from './making/client.js'
import { type Given, perform, somebody } from './making/operations.js'
import { scenarios } from './making/scenarios.js'

const operations: ReadonlyArray<Operation> = ['removal', 'readBack', 'lookup']

/** What a port gives for each meaning in the table. */
const given = {
  removal: (meaning: RemovalMeaning, wait: number | null, sent: boolean): Given =>
    ({
      cleared: 'removed',
      absent: 'absent',
      refused: { _tag: 'Refused' },
      retryLater: { _tag: 'RetryLater', afterSeconds: wait, sent },
      notYet: { _tag: 'NotYet', afterSeconds: wait ?? 1 },
      signIn: { _tag: 'SignInRequired', sent },
      unknown: { _tag: 'UnknownOutcome' },
    })[meaning],
  readBack: (meaning: ReadBackMeaning, wait: number | null, sent: boolean): Given =>
    ({
      present: 'present',
      absent: 'absent',
      refused: { _tag: 'Refused' },
      retryLater: { _tag: 'RetryLater', afterSeconds: wait, sent },
      notYet: { _tag: 'NotYet', afterSeconds: wait ?? 1 },
      signIn: { _tag: 'SignInRequired', sent },
    })[meaning],
  lookup: (meaning: LookupMeaning, wait: number | null): Given =>
    ({
      found: 'found',
      none: 'none',
      unavailable: { _tag: 'Unavailable', retryAfterSeconds: wait ?? 5 },
      throttled: { _tag: 'Throttled', retryAfterSeconds: wait ?? 5 },
    })[meaning],
}

const meaningOf = (operation: Operation, kind: EndingKind, wait: number | null): Given => {
  switch (operation) {
    case 'removal':
      return given.removal(endings[kind].removal, wait, endings[kind].sent)
    case 'readBack':
      return given.readBack(endings[kind].readBack, wait, endings[kind].sent)
    case 'lookup':
      return given.lookup(endings[kind].lookup, wait)
  }
}

const kinds = Object.keys(endings).filter((kind): kind is EndingKind => Object.hasOwn(endings, kind))
const cases = kinds.flatMap(kind =>
  scenarios[kind].flatMap(scenario => operations.map(operation => ({ kind, scenario, operation }))),
)

describe('each row of the table of endings', () => {
  it.each(cases)('$kind, $scenario.name: $operation', async ({ kind, scenario, operation }) => {
    const whom = somebody()
    const { root, deps, before, during } = await scenario.open(whom)
    const { client, reports } = makeClient(root, deps)
    await before?.(client)

    const [result] = await Promise.all([perform(client, operation, whom), during?.(client)])

    const wait = scenario.asksToWait ?? null
    expect(result).toStrictEqual(meaningOf(operation, kind, wait))
    const ended = operation === 'removal' ? (scenario.removalIs ?? kind) : kind
    expect(reports.at(-1)?.ending ?? 'shutDownBeforeSending').toBe(ended)
    const told = JSON.stringify([result, reports])
    for (const secret of [whom.userId, tokenFor(whom.tenantId), 'fabrikam', 'secret'])
      expect(told).not.toContain(secret)
  })
})

describe('the table of endings', () => {
  const rows = kinds.map(kind => ({ kind, ...endings[kind] }))

  it('takes nothing for cleared or absent but the two answers that say so', () => {
    expect(rows.filter(row => row.removal === 'cleared').map(({ kind }) => kind)).toStrictEqual(['noContent'])
    expect(rows.filter(row => row.removal === 'absent').map(({ kind }) => kind)).toStrictEqual(['notFound'])
    expect(rows.filter(row => row.readBack === 'absent').map(({ kind }) => kind)).toStrictEqual(['notFound'])
  })

  it('leaves the outcome unknown wherever a removal may have taken effect', () => {
    expect(rows.filter(row => row.removal === 'unknown').map(({ kind }) => kind)).toStrictEqual([
      'found',
      'gatewayError',
      'serverError',
      'otherStatus',
      'truncated',
      'unreadable',
      'resetAfterSending',
      'timedOutAfterSending',
      'shutDownAfterSending',
    ])
  })

  it('takes nothing for sent that cannot have had an effect, and nothing for unsent that can', () => {
    expect(rows.filter(row => !row.sent).map(({ kind }) => kind)).toStrictEqual([
      'notConnected',
      'connectTimedOut',
      'resetBeforeSending',
      'timedOutBeforeSending',
      'signInRequired',
      'tokenUnavailable',
      'busy',
      'circuitOpen',
      'shutDownBeforeSending',
    ])
  })
})
