/** How often each status was answered: `204`, `429`, and so on; `none` where the answer never came. */
type Answers = Readonly<Record<string, number>>

/** What a twin did: counts only. */
export interface LedgerView {
  readonly people: ReadonlyArray<{
    readonly tenantId: string
    readonly userId: string
    /** How often personal data of theirs was really removed. */
    readonly removals: number
    /** How many calls to remove them were taken, whether or not the answer arrived. */
    readonly accepted: number
    /** How many calls to remove them came when nothing of theirs was there. */
    readonly inVain: number
  }>
  readonly calls: ReadonlyArray<{
    readonly tenantId: string
    readonly reads: Answers
    readonly writes: Answers
  }>
}

type Counted = Record<'removals' | 'accepted' | 'inVain', number>

export interface Ledger {
  readonly countRemoval: (tenantId: string, userId: string) => void
  readonly countAccepted: (tenantId: string, userId: string) => void
  readonly countInVain: (tenantId: string, userId: string) => void
  readonly countAnswer: (tenantId: string, kind: 'reads' | 'writes', answer: string) => void
  readonly view: () => LedgerView
}

export const createLedger = (): Ledger => {
  const people = new Map<string, Counted>()
  const calls = new Map<string, { readonly reads: Answers; readonly writes: Answers }>()
  const count = (what: keyof Counted) => (tenantId: string, userId: string) => {
    const key = `${tenantId} ${userId.toLowerCase()}`
    const counted = people.get(key) ?? { removals: 0, accepted: 0, inVain: 0 }
    people.set(key, { ...counted, [what]: counted[what] + 1 })
  }
  return {
    countRemoval: count('removals'),
    countAccepted: count('accepted'),
    countInVain: count('inVain'),
    countAnswer: (tenantId, kind, answer) => {
      const counted = calls.get(tenantId) ?? { reads: {}, writes: {} }
      const answers = { ...counted[kind], [answer]: (counted[kind][answer] ?? 0) + 1 }
      calls.set(tenantId, { ...counted, [kind]: answers })
    },
    view: () => ({
      people: [...people].map(([key, counted]) => {
        const [tenantId = '', userId = ''] = key.split(' ')
        return { tenantId, userId, ...counted }
      }),
      calls: [...calls].map(([tenantId, counted]) => ({ tenantId, ...counted })),
    }),
  }
}
