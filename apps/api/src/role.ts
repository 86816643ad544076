/** What a process does: serve HTTP, work off the queue, or both. */
export type Role = 'api' | 'worker' | 'both'

export const servesIn = (role: Role): boolean => role !== 'worker'
export const worksIn = (role: Role): boolean => role !== 'api'
