import { DateTime } from '@lethe/api-contract'
import * as t from 'io-ts'
import { decoded } from './decoded.js'
import type { FakeApi } from './fake-api.js'
import { lethe, type Ran, type World } from './fake-io.js'
import { removalRequest, requestId } from './samples.js'

const Line = t.type({
  seenDateTime: DateTime,
  change: t.string,
  id: t.string,
  from: t.union([t.string, t.null]),
  to: t.string,
  outcome: t.union([t.string, t.null]),
  failureReason: t.union([t.string, t.null]),
  denialCode: t.union([t.string, t.null]),
})

/** A request that was submitted some minutes after the one before. */
export const submitted = (n: number, over: object = {}) =>
  removalRequest({
    id: requestId(n),
    submittedDateTime: new Date(Date.parse('2026-11-01T00:00:00Z') + n * 300_000).toISOString(),
    ...over,
  })

/** Changes one request of the server. */
export const change = (api: FakeApi, n: number, over: object): void => {
  api.requests = api.requests.map(request =>
    request.id === requestId(n) ? removalRequest({ ...request, ...over }) : request,
  )
}

export type Step = () => void | Promise<void>

/** Runs `lethe requests watch`. Each time it sleeps the next step is done, and after the last one Ctrl-C is pressed. */
export const watch = (
  api: FakeApi,
  argv: ReadonlyArray<string>,
  steps: ReadonlyArray<Step>,
  world: World = {},
): Promise<Ran> => {
  const interruption = new AbortController()
  const left = [...steps]
  return lethe(api.url, ['requests', 'watch', ...argv], {
    interruption,
    ...world,
    whileAsleep: async () => {
      const step = left.shift()
      if (step === undefined) interruption.abort()
      else await step()
    },
  })
}

/** What `-o json` wrote, line by line. */
export const linesOf = (stdout: string): ReadonlyArray<t.TypeOf<typeof Line>> =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map(line => decoded(Line, JSON.parse(line)))

/** The same in short: `2 pendingApproval>approved`. */
export const shortOf = (stdout: string): ReadonlyArray<string> =>
  linesOf(stdout).map(({ id, change, from, to }) => {
    const n = Number(id.slice(-12))
    return `${n} ${from ?? change}>${to}`
  })
