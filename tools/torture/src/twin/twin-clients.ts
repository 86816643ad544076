import { setTimeout } from 'node:timers/promises'
import * as t from 'io-ts'
import { made } from '../made.js'
import type { TwinWorld } from './twin-world.js'

/** Whoever asks Lethe goes on until they have an answer that is not "later". */
const patience = 200
const passing: ReadonlySet<number> = new Set([429, 500, 503])

const Profiles = t.exact(
  t.intersection([
    t.type({ value: t.readonlyArray(t.strict({ userId: t.string })) }),
    t.partial({ '@odata.nextLink': t.string }),
  ]),
)

/** What administrators and officers do in the run, through Lethe's own API. */
export interface TwinClients {
  readonly people: (count: number) => Promise<ReadonlyArray<string>>
  /** @returns the path of the request. */
  readonly submit: (userId: string) => Promise<string>
  readonly act: (path: string, act: 'approve' | 'retry') => Promise<number>
}

export const twinClients = async (world: TwinWorld): Promise<TwinClients> => {
  const adele = await world.token('adele')
  const approvers = [await world.token('megan'), await world.token('isaiah')]
  let acts = 0
  const ask = async (token: string, method: string, path: string): Promise<Response> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(`${world.lethe}${path}`, {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      })
      if (!passing.has(answer.status)) return answer
      if (tries === patience) throw new Error(`Lethe answered ${answer.status} for too long`)
      await answer.arrayBuffer()
      await setTimeout(50)
    }
  }
  const root = '/beta/directory/inboundSharedUserProfiles'
  return {
    people: async count => {
      const found: Array<string> = []
      let next: string | undefined = `${root}?$select=userId`
      while (next !== undefined && found.length < count) {
        const answer = await ask(adele, 'GET', next)
        const page: t.TypeOf<typeof Profiles> = made(Profiles, await answer.json())
        found.push(...page.value.map(({ userId }) => userId))
        next = page['@odata.nextLink']?.slice(world.lethe.length)
      }
      return found.slice(0, count)
    },
    submit: async userId => {
      const answer = await ask(adele, 'POST', `${root}/${userId}/removePersonalData`)
      if (answer.status !== 204) throw new Error(`A submission was answered ${answer.status}`)
      return new URL(answer.headers.get('Operation-Location') ?? '').pathname
    },
    act: async (path, act) => {
      acts += 1
      return (await ask(approvers[acts % approvers.length] ?? adele, 'POST', `${path}/${act}`)).status
    },
  }
}
