import { instantFromMilliseconds } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { tokenMemo } from '../../src/acquisition/token-memo.js'
import { contoso, movableClock, minute } from '../tokens.js'
import { actor, otherRequestId, requestId } from './making/setting-up.js'

const keptAt = instantFromMilliseconds(1_795_000_000_000)
const kept = { tenantId: contoso, requestId, signIn: { actor, keptAt, sealed: 'c2VhbGVk' } }

describe('the last token of a request', () => {
  it('is remembered until five minutes before it expires', () => {
    const clock = movableClock()
    const memo = tokenMemo(clock.now)
    memo.remember(kept, 'token', new Date(clock.now() + 60 * minute))

    clock.forward(55 * minute - 1)
    expect(memo.recall(kept)).toBe('token')
    clock.forward(1)
    expect(memo.recall(kept)).toBeNull()
  })

  it('is forgotten with the request, and only with that', () => {
    const clock = movableClock()
    const memo = tokenMemo(clock.now)
    const other = { ...kept, requestId: otherRequestId }
    for (const each of [kept, other]) memo.remember(each, 'token', new Date(clock.now() + 60 * minute))
    memo.forget(contoso, requestId)

    expect(memo.recall(kept)).toBeNull()
    expect(memo.recall(other)).toBe('token')
  })

  it('is not remembered where nobody said when it expires', () => {
    const memo = tokenMemo(movableClock().now)
    memo.remember(kept, 'token', null)

    expect(memo.recall(kept)).toBeNull()
  })
})
