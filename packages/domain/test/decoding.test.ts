import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import {
  ActorReference,
  AppId,
  ApprovalPolicy,
  ContractName,
  DenialCode,
  describeErrors,
  Envelope,
  FailureReason,
  Hash,
  HolderName,
  Instant,
  LocalDate,
  NoteReference,
  Outcome,
  PositiveInteger,
  ReadBackResult,
  RemovalEvent,
  RemovalRequestId,
  RemovalState,
  Salt,
  SealedEvent,
  SubjectCommitment,
  TenantId,
  UserId,
} from '../src/index.js'
import storedV1 from './samples/v1.json' with { type: 'json' }

const codecs: Record<string, t.Mixed> = {
  ActorReference,
  AppId,
  ApprovalPolicy,
  ContractName,
  DenialCode,
  Envelope,
  FailureReason,
  Hash,
  HolderName,
  Instant,
  LocalDate,
  NoteReference,
  Outcome,
  PositiveInteger,
  ReadBackResult,
  RemovalEvent,
  RemovalRequestId,
  RemovalState,
  Salt,
  SealedEvent,
  SubjectCommitment,
  TenantId,
  UserId,
}

/** What no message may contain: long and odd enough to be in none by chance. */
const secrets = fc.oneof(
  fc.uuid().map(id => `ö${id}`),
  fc.integer({ min: 10 ** 9, max: 10 ** 12 }),
  fc.emailAddress().filter(address => address.length > 12),
)

const describeDecoding = (codec: t.Mixed, value: unknown): string => {
  const result = codec.decode(value)
  return E.isLeft(result) ? describeErrors(result.left).join('\n') : ''
}

const members = [
  ...new Set(storedV1.flatMap(sample => [...Object.keys(sample), ...Object.keys(sample.data)])),
  'mode',
  'required',
  'envelope',
  'hash',
]

describe('what is said of a value that a codec refuses', () => {
  describe.each(Object.entries(codecs))('%s', (_, codec) => {
    test('never contains the value', () => {
      fc.assert(
        fc.property(secrets, secret => {
          const said = [secret, [secret], { mode: secret }].map(value => describeDecoding(codec, value))
          expect(said.filter(text => text.includes(String(secret)))).toEqual([])
        }),
      )
    })

    test('never contains a value, or a name that it does not know, from anywhere within', () => {
      const key = fc.oneof(fc.constantFrom(...members), fc.uuid())
      const shape = fc.letrec(tie => ({
        node: fc.oneof(
          { maxDepth: 3 },
          fc.constant('§'),
          fc.dictionary(key, tie('node'), { maxKeys: 6 }),
          fc.array(tie('node'), { maxLength: 3 }),
        ),
      })).node
      fc.assert(
        fc.property(shape, secrets, fc.constantFrom(...storedV1), (odd, secret, sample) => {
          const filled: unknown = JSON.parse(
            JSON.stringify(odd).replaceAll('"§"', () => JSON.stringify(secret)),
          )
          const values = [filled, { ...sample, data: filled }, { envelope: filled, hash: secret }]
          const said = values.map(value => describeDecoding(codec, value)).join('\n')
          expect(said).not.toContain(String(secret))
          expect(said).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
        }),
      )
    })
  })

  test('is where it is, and what was expected there', () => {
    const sample = storedV1.find(({ type }) => type === 'removalRequested')
    expect(describeDecoding(Envelope, { ...sample, sequence: 'x', at: 'yesterday' }).split('\n')).toEqual([
      'sequence: expected PositiveInteger',
      'at: expected Instant',
    ])
    expect(
      describeDecoding(SealedEvent, { envelope: { ...sample, tenantId: 'x' }, hash: 'y' }).split('\n'),
    ).toEqual(['envelope.tenantId: expected TenantId (a GUID)', 'hash: expected Hash'])
  })

  test('names the value where it is not part of anything', () => {
    expect(describeDecoding(TenantId, 'x')).toBe('value: expected TenantId (a GUID)')
  })

  test('says the same mistake once', () => {
    expect(describeDecoding(t.array(HolderName), ['A', 'B', 'C'])).toBe('value: expected HolderName')
  })

  test('is nothing for a value that is right', () => {
    expect(storedV1.map(sample => describeDecoding(Envelope, sample)).join('')).toBe('')
  })
})
