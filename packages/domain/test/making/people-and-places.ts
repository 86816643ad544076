import {
  ActorReference,
  BatchId,
  HolderName,
  Instant,
  LocalDate,
  NoteReference,
  RemovalRequestId,
  SubjectCommitment,
  TenantId,
  UserId,
} from '../../src/index.js'
import { decoded } from './decoded.js'

const tenantId = decoded(TenantId)
const userId = decoded(UserId)
export const instant = decoded(Instant)
export const localDate = decoded(LocalDate)
const holderName = decoded(HolderName)

export const contoso = tenantId('11111111-1111-4111-8111-111111111111')
export const northwind = tenantId('22222222-2222-4222-8222-222222222222')
export const bob = userId('c228b2ae-c4fb-4eda-9620-7e73dddd1cac')

export const requestId = decoded(RemovalRequestId)('01930000-0000-7000-8000-000000000001')
export const otherRequestId = decoded(RemovalRequestId)('01930000-0000-7000-8000-000000000002')
export const subject = decoded(SubjectCommitment)('5'.repeat(64))
export const note = decoded(NoteReference)('d0000000-0000-4000-8000-000000000001')

const actor = (digit: number) => decoded(ActorReference)(`a0000000-0000-4000-8000-00000000000${digit}`)
/** Asks for the removal. */
export const adele = actor(1)
/** Privacy officers. */
export const megan = actor(2)
export const isaiah = actor(3)
export const lee = actor(4)
/** A guest of the resource tenant, whatever else. */
export const grady = actor(5)

export const friday = decoded(BatchId)('0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f00')
export const monday = decoded(BatchId)('0b5f6a1e-7c1d-4f2a-9b3e-5d4c3b2a1f01')

export const graph = holderName('graph')
export const payroll = holderName('payroll')
export const archive = holderName('archive')
