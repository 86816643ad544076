import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { leaveNothingOpen } from './making/closing.js'
import { openLethe } from './making/lethe.js'
import { bob, everybody } from './making/profiles.js'
import { run } from './making/script.js'

leaveNothingOpen()

const page = await readFile(new URL('../../../docs/clients.md', import.meta.url), 'utf8')

/** The scripts of the page in their order, each under its heading. */
const scripts = page.split(/^## /m).flatMap(section =>
  [...section.matchAll(/^```(js|sh)\n(.*?)^```$/gms)].map(([, language = '', script = '']) => ({
    title: section.split('\n')[0] ?? '',
    language,
    script,
  })),
)

const said: Readonly<Record<string, ReadonlyArray<string>>> = {
  'msgraph-beta-sdk (TypeScript)': [
    `${everybody.length} profiles`,
    'pendingApproval',
    '404 Request_ResourceNotFound',
  ],
  'microsoft-graph-client (JavaScript)': [
    `${everybody.length} profiles`,
    'pendingApproval',
    '404 Request_ResourceNotFound',
  ],
  curl: ['"@odata.nextLink":', '"state":"pendingApproval"'],
}

test('the page has a script for each client that can be run here', () => {
  expect(scripts.map(({ title }) => title)).toEqual(Object.keys(said))
})

describe.each(['seed', 'graph'] as const)('under the contract %s', contract => {
  test.each(scripts)(
    'the script of "$title" lists, removes and follows',
    async ({ title, language, script }) => {
      const lethe = await openLethe(contract, 'https')
      const { code, out, err } = await run(language, script, lethe)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      for (const words of said[title] ?? []) expect(out).toContain(words)
      expect(await lethe.requests()).toMatchObject([{ userId: bob.userId, state: 'pendingApproval' }])
    },
  )
})

test('curl asks for one removal where the answer was lost on its way', async () => {
  const lethe = await openLethe('graph', 'https')
  const { language = '', script = '' } = scripts.find(({ title }) => title === 'curl') ?? {}
  const [listing = '', ...rest] = script.split(/^(?=# )/m)
  expect(listing).toContain('# A page')
  lethe.failNext({ status: 504, retryAfter: null, passedOn: true })
  const { code, out } = await run(language, rest.join(''), lethe)
  expect(code).toBe(0)
  expect(out).toContain('"state":"pendingApproval"')
  expect(lethe.received.filter(({ method }) => method === 'POST')).toHaveLength(2)
  expect(await lethe.requests()).toHaveLength(1)
})
