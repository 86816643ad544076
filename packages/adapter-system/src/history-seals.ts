import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { HistoryHead, HistorySeals } from '@lethe/application'

/** A key that heads of histories are sealed with. */
export interface HistoryKey {
  /** Written next to what it sealed. */
  readonly id: string
  readonly key: KeyObject
}

/** HMAC-SHA-256 over tenant, request, version and hash of a head, under keys of which the first one seals and all verify. */
export const historySeals = (keys: readonly [HistoryKey, ...ReadonlyArray<HistoryKey>]): HistorySeals => ({
  seal: head => sealed(keys[0], head),
  isSealed: (head, seal) => {
    const key = keys.find(({ id }) => seal.startsWith(`${id}:`))
    if (key === undefined) return false
    const [wanted, given] = [Buffer.from(sealed(key, head)), Buffer.from(seal)]
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  },
})

const sealed = ({ id, key }: HistoryKey, { tenantId, requestId, sequence, hash }: HistoryHead): string =>
  `${id}:${createHmac('sha256', key).update(`lethe history\n${tenantId}\n${requestId}\n${sequence}\n${hash}`).digest('hex')}`
