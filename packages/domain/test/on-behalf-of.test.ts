import { describe, expect, test } from 'vitest'
import { onBehalfOf } from '../src/index.js'
import { command } from './making/commands.js'
import { requestAfter } from './making/history.js'
import { isaiah, megan } from './making/people-and-places.js'

const two = { policy: { mode: 'approvers', required: 2 } } as const

describe('on whose behalf a removal is done', () => {
  test('is the last approver, not the first', () => {
    const approved = [command.submit(two), command.approve({ by: isaiah }), command.approve({ by: megan })]
    expect(onBehalfOf(requestAfter(approved))).toBe(megan)
  })

  test('is whoever retried it since', () => {
    const failed = [
      command.submit(),
      command.approve({ by: megan }),
      command.fail({ reason: 'signInRequired' }),
    ]
    expect(onBehalfOf(requestAfter([...failed, command.retry({ by: isaiah })]))).toBe(isaiah)
  })

  test('is nobody where nobody approved', () => {
    expect(onBehalfOf(requestAfter([command.submit({ policy: { mode: 'automatic' } })]))).toBe(null)
  })
})
