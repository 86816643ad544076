import { describe, expect, it } from 'vitest'
import {
  type EndingKind,
  endings,
  type LookupMeaning,
  type ReadBackMeaning,
  type RemovalMeaning,
} from '../src/endings.js'
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
      settle: 'settled by a look',
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
      settle: 'settled by a look',
      refused: { _tag: 'Refused' },
      retryLater: { _tag: 'RetryLater', afterSeconds: wait, sent },
      notYet: { _tag: 'NotYet', afterSeconds: wait ?? 1 },
      signIn: { _tag: 'SignInRequired', sent },
    })[meaning],
  lookup: (meaning: LookupMeaning, wait: number | null): Given =>
    ({
      found: 'found',
      none: 'none',
      settle: 'settled by a look',
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

/** By what a call is held back is for blocks.test.ts. */
const withoutBlock = (given: Given): Given => {
  if (typeof given === 'string') return given
  const { blockedBy: _, ...rest } = { blockedBy: null, ...given }
  return rest
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
    const ended = operation === 'removal' ? (scenario.removalIs ?? kind) : kind
    expect(withoutBlock(result)).toStrictEqual(meaningOf(operation, ended, wait))
    expect(reports.at(-1)?.ending ?? 'shutDownBeforeSending').toBe(scenario.lastIs ?? ended)
    const told = JSON.stringify([result, reports])
    for (const secret of [whom.userId, tokenFor(whom.tenantId), 'fabrikam', 'secret'])
      expect(told).not.toContain(secret)
  })
})

describe('the table of endings', () => {
  const rows = kinds.map(kind => ({ kind, ...endings[kind] }))

  it('takes nothing for cleared or absent but the answers that say so', () => {
    const kindsWhere = (holds: (row: (typeof rows)[number]) => boolean) =>
      rows.filter(holds).map(({ kind }) => kind)
    expect(kindsWhere(row => row.removal === 'cleared')).toStrictEqual(['noContent', 'accepted'])
    expect(kindsWhere(row => row.removal === 'absent')).toStrictEqual(['absent'])
    expect(kindsWhere(row => row.readBack === 'absent')).toStrictEqual(['absent'])
    expect(kindsWhere(row => row.lookup === 'none')).toStrictEqual(['absent'])
  })

  it('leaves the outcome unknown wherever a removal may have taken effect', () => {
    expect(rows.filter(row => row.removal === 'unknown').map(({ kind }) => kind)).toStrictEqual([
      'found',
      'oddAnswer',
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
      'credentialBlocked',
      'permissionBlocked',
      'shutDownBeforeSending',
    ])
  })
})
