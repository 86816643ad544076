/** Places at which a process can be told to kill itself: before and after each of these. */
const commits = [
  'submit',
  'join',
  'approve',
  'approveLast',
  'deny',
  'withdraw',
  'retry',
  'close',
  'expire',
  'start',
  'result',
  'readBack',
  'complete',
  'fail',
  'failDead',
] as const
const holderCalls = ['remove', 'readBack'] as const
const jobCalls = ['receive', 'receiveDead', 'complete', 'fail', 'postpone', 'renew'] as const
const answers = [
  'removePersonalData',
  'batch',
  'profile',
  'profiles',
  'submit',
  'list',
  'get',
  'history',
  'approve',
  'deny',
  'withdraw',
  'retry',
  'close',
  'ownBatch',
  'previewBatch',
  'approveBatch',
  'denyBatch',
  'retryBatch',
  'withdrawBatch',
  'me',
] as const
const sides = ['before', 'after'] as const

type Side = (typeof sides)[number]
/** What a commit is of: the use case, and for the worker the step. */
export type Commit = (typeof commits)[number]

/** A route whose answer goes to a client. */
export type AnsweredRoute = (typeof answers)[number]

/** What lies between two kill points. */
export type Span =
  | `commit ${Commit}`
  | `holder ${(typeof holderCalls)[number]}`
  | `jobs ${(typeof jobCalls)[number]}`
  | `answer ${AnsweredRoute}`
export type KillPoint = `${Span} ${Side}`

const both = (span: Span): ReadonlyArray<KillPoint> => sides.map(side => `${span} ${side}` as const)

/** The commits that a process makes on behalf of a caller. */
const ofCallers: ReadonlySet<Commit> = new Set<Commit>([
  'submit',
  'join',
  'approve',
  'approveLast',
  'deny',
  'withdraw',
  'retry',
  'close',
])

/** Kill points of a process that serves HTTP. */
export const apiPoints: ReadonlyArray<KillPoint> = [
  ...commits.filter(commit => ofCallers.has(commit)).flatMap(commit => both(`commit ${commit}`)),
  ...answers.flatMap(route => both(`answer ${route}`)),
]

/** Kill points of a worker. */
const workerPoints: ReadonlyArray<KillPoint> = [
  ...commits.filter(commit => !ofCallers.has(commit)).flatMap(commit => both(`commit ${commit}`)),
  ...holderCalls.flatMap(call => both(`holder ${call}`)),
  ...jobCalls.flatMap(call => both(`jobs ${call}`)),
]

export const allPoints: ReadonlyArray<KillPoint> = [...apiPoints, ...workerPoints]

export const isKillPoint = (u: unknown): u is KillPoint => allPoints.some(point => point === u)
