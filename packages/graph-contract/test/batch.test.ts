import { Instant } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  batchAnswerTooLarge,
  BatchItemResponse,
  type BatchPlan,
  BatchRequest,
  BatchResponse,
  failedDependency,
  GraphErrorBody,
  hasFailedDependency,
  isBatchUrl,
  parseBatchUrl,
  planBatch,
  writeBatch,
  writeBatchAnswer,
  type WrittenBatchAnswer,
} from '../src/index.js'
import { decoded, valueOf } from './arbitraries.js'

const request = { id: '1', method: 'GET', url: '/directory/inboundSharedUserProfiles' }
const idsOf = (plan: BatchPlan) => plan.waves.map(wave => wave.map(item => item.id))
const dependent = (id: string, ...dependsOn: ReadonlyArray<string>) => ({ ...request, id, dependsOn })
const refusalOf = (body: unknown): string => {
  const plan = planBatch(body)
  return E.isLeft(plan) ? `${plan.left.status} ${plan.left.code} ${plan.left.message}` : 'taken'
}
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...request, id: String(index) }))

describe('a plan', () => {
  test('has items that can be sent as they are', () => {
    const body = {
      requests: [
        {
          id: 'A',
          method: 'post',
          url: 'directory/inboundSharedUserProfiles/1/removePersonalData?$select=userId',
          headers: { 'Content-Type': 'application/json' },
          body: { a: [1] },
          more: true,
        },
        {
          id: 'b',
          method: 'Get',
          url: "/x?$filter=userPrincipalName eq 'é'",
          body: {},
          dependsOn: ['a', 'A'],
        },
        { id: 'c', method: 'PATCH', url: '/x', headers: null, body: null, dependsOn: null },
      ],
    }
    expect(valueOf(planBatch(body)).items).toEqual([
      {
        id: 'A',
        method: 'POST',
        url: '/directory/inboundSharedUserProfiles/1/removePersonalData?$select=userId',
        headers: { 'content-type': 'application/json' },
        body: '{"a":[1]}',
        dependsOn: [],
      },
      {
        id: 'b',
        method: 'GET',
        url: "/x?$filter=userPrincipalName eq 'é'",
        headers: {},
        body: '',
        dependsOn: ['A'],
      },
      { id: 'c', method: 'PATCH', url: '/x', headers: {}, body: '', dependsOn: [] },
    ])
  })

  test.each([
    ['all at once where nothing depends', [dependent('1'), dependent('2')], [['1', '2']]],
    [
      'one after the other',
      [dependent('1'), dependent('2', '1'), dependent('3', '2')],
      [['1'], ['2'], ['3']],
    ],
    [
      'whatever the order of the requests',
      [dependent('3', '2'), dependent('2', '1'), dependent('1')],
      [['1'], ['2'], ['3']],
    ],
    [
      'a diamond',
      [dependent('1'), dependent('2', '1'), dependent('3', '1'), dependent('4', '2', '3')],
      [['1'], ['2', '3'], ['4']],
    ],
  ])('%s', (_, requests, waves) => {
    expect(idsOf(valueOf(planBatch({ requests })))).toEqual(waves)
  })

  test('takes 20 requests', () => {
    expect(valueOf(planBatch({ requests: many(20) })).items).toHaveLength(20)
  })

  test('makes every request once, after all that it depends on', () => {
    const node = fc.record({ to: fc.array(fc.nat({ max: 18 })), at: fc.nat() })
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 20 }), nodes => {
        const requests = nodes
          .map(({ to, at }, index) => {
            const earlier = to.filter(other => other < index).map(other => `R${other}`)
            return { item: dependent(`r${index}`, ...earlier), at }
          })
          .toSorted((one, other) => one.at - other.at)
          .map(({ item }) => item)
        const plan = valueOf(planBatch({ requests }))
        const made = new Set<string>()
        for (const wave of plan.waves) {
          for (const item of wave) expect(item.dependsOn.every(id => made.has(id))).toBe(true)
          for (const item of wave) made.add(item.id)
        }
        expect(plan.items.map(item => item.id)).toEqual(requests.map(item => item.id))
        expect(plan.waves.flat()).toHaveLength(requests.length)
        expect(made.size).toBe(requests.length)
      }),
    )
  })

  test('whatever is sent, there is an answer', () => {
    fc.assert(
      fc.property(fc.jsonValue(), body => {
        expect(refusalOf(body)).toMatch(/^400 BadRequest /)
      }),
    )
  })
})

describe('a batch is refused', () => {
  test.each([
    ['null', null],
    ['an array', [request]],
    ['without requests', {}],
    ['requests that are no array', { requests: { 0: request } }],
  ])('that is %s', (_, body) => {
    expect(refusalOf(body)).toBe('400 BadRequest A batch must be an object with an array of requests.')
  })

  test.each([[0], [21], [200_000]])('with %i requests', count => {
    expect(refusalOf({ requests: many(count) })).toBe(
      '400 BadRequest A batch must have from 1 to 20 requests.',
    )
  })

  test.each([
    ['no object', 'x', 'it needs'],
    ['null', null, 'it needs'],
    ['an id that is a number', { ...request, id: 1 }, 'it needs'],
    ['no url', { id: '1', method: 'GET' }, 'it needs'],
    ['headers that are no strings', { ...request, headers: { a: 1 } }, 'it needs'],
    ['headers that are an array', { ...request, headers: [] }, 'it needs'],
    ['dependsOn that is a string', { ...request, dependsOn: '1' }, 'it needs'],
    ['dependsOn of numbers', { ...request, dependsOn: [1] }, 'it needs'],
    ['an empty id', { ...request, id: '' }, 'its id is empty'],
    ['an empty method', { ...request, method: '' }, 'its method is not known'],
    ['an unknown method', { ...request, method: 'BREW' }, 'its method is not known'],
    ['a method that cannot be sent', { ...request, method: 'TRACE' }, 'its method is not known'],
    ['a method with space', { ...request, method: 'GET ' }, 'its method is not known'],
    ['a strange method', { ...request, method: '__proto__' }, 'its method is not known'],
    ['an absolute url', { ...request, url: 'https://x/y' }, 'its url is not'],
    ['a batch', { ...request, method: 'POST', url: '/$batch' }, 'a batch cannot hold a batch'],
    ['a header with a line break', { ...request, headers: { a: 'b\r\nc: d' } }, 'a header cannot be sent'],
    [
      'a header with a letter that HTTP cannot send',
      { ...request, headers: { a: '語' } },
      'a header cannot be sent',
    ],
    ['a header without a name', { ...request, headers: { '': 'b' } }, 'a header cannot be sent'],
    ['a header with a strange name', { ...request, headers: { 'a b': 'b' } }, 'a header cannot be sent'],
    [
      'a header twice',
      { ...request, headers: { 'If-Match': '1', 'if-match': '2' } },
      'a header is given twice',
    ],
  ])('with %s', (_, item, reason) => {
    const refusal = refusalOf({ requests: [{ ...request, id: 'first' }, item] })
    expect(refusal).toContain(`400 BadRequest Request 2 of the batch: ${reason}`)
  })

  test('with a body that nobody could write again', () => {
    const body: unknown = JSON.parse(`${'['.repeat(400_000)}${']'.repeat(400_000)}`)
    expect(refusalOf({ requests: [{ ...request, method: 'POST', body }] })).toContain(
      'its body is nested too deeply',
    )
  })

  test.each([
    ['equal', 'a', 'a'],
    ['equal but for case', 'a', 'A'],
    ['equal but for case, beyond ASCII', 'É', 'é'],
  ])('with ids that are %s', (_, one, other) => {
    expect(refusalOf({ requests: [dependent(one), dependent(other)] })).toContain(
      'must differ in more than case',
    )
  })

  test.each([
    ['that is not there', [dependent('1', '2')], 'depends on one that is not there'],
    ['with an empty id', [dependent('1', '')], 'depends on one that is not there'],
    ['on itself', [dependent('1', '1')], 'in a circle'],
    ['on itself, but for case', [dependent('a', 'A')], 'in a circle'],
    ['on each other', [dependent('0'), dependent('1', '2'), dependent('2', '1')], 'in a circle'],
    ['around', [dependent('1', '3'), dependent('2', '1'), dependent('3', '2')], 'in a circle'],
  ])('with a dependency %s', (_, requests, reason) => {
    expect(refusalOf({ requests })).toContain(reason)
  })

  test('in words that repeat nothing of it', () => {
    const secret = 'jane'
    const items = [
      { ...request, id: '', url: secret },
      { ...request, method: secret },
      { ...request, url: `https://${secret}` },
      { ...request, headers: { [secret]: 1 } },
      { ...request, headers: { [secret]: '\n' } },
      { ...request, dependsOn: [secret] },
    ]
    for (const item of items) expect(refusalOf({ requests: [item] })).not.toContain(secret)
  })
})

describe('the url of a request in a batch', () => {
  test.each([
    ['/directory', '/directory'],
    ['directory', '/directory'],
    ['?a=b', '/?a=b'],
    ['/', '/'],
    ["/p('a:b')", "/p('a:b')"],
    ['/p?to=https://x/../y', '/p?to=https://x/../y'],
    ['/p?a=\\', '/p?a=\\'],
    ['/a..b/.c', '/a..b/.c'],
    ['/p%2Fq', '/p%2Fq'],
    ["/p?$filter=a eq 'b c'", "/p?$filter=a eq 'b c'"],
  ])('%s', (url, read) => {
    expect(parseBatchUrl(url)).toEqual(O.some(read))
  })

  test.each([
    [''],
    ['https://graph.microsoft.com/beta/x'],
    ['HTTPS:x'],
    ['javascript:x'],
    ['//host/x'],
    ['///x'],
    ['\\\\host'],
    ['/\\host'],
    ['/..'],
    ['..'],
    ['/../lethe/v1/removalRequests'],
    ['/a/../../x'],
    ['/./x'],
    ['/%2e%2E/x'],
    ['/.%2e/x'],
    ['/%2e/x'],
    ['/.\t./x'],
    ['/x\n'],
    ['/x\u0000'],
    ["/p?$filter=userPrincipalName eq 'a#EXT#@b'"],
    ['#'],
    [`/${'a'.repeat(8192)}`],
  ])('is not %j', url => {
    expect(parseBatchUrl(url)).toEqual(O.none)
  })

  test.each([['/$batch'], ['/$batch?x=1'], ['/%24batch'], ['/$%62atch'], ['/$BATCH'], ['/$batch/']])(
    '%s is the batch itself',
    url => {
      expect(isBatchUrl(url)).toBe(true)
    },
  )

  test.each([['/batch'], ['/x/$batch'], ['/x?y=/$batch'], ['/$%2562atch'], ['/%ZZ$batch'], ['/']])(
    '%s is not',
    url => {
      expect(isBatchUrl(url)).toBe(false)
    },
  )
})

describe('the answer', () => {
  const occurrence = { at: decoded(Instant, '2026-11-23T09:00:00Z'), requestId: 'r', clientRequestId: 'c' }
  const plan = valueOf(planBatch({ requests: [dependent('1'), dependent('2', '1'), dependent('3', '2')] }))
  const answered = (id: string, status: number) =>
    [id, writeBatchAnswer({ id, status, headers: {}, body: '' })] as const
  const itemIn = ({ text }: WrittenBatchAnswer) => decoded(BatchItemResponse, JSON.parse(text))
  const second = plan.items.find(item => item.id === '2')

  test.each([
    [200, false],
    [204, false],
    [302, false],
    [399, false],
    [400, true],
    [404, true],
    [424, true],
    [503, true],
  ])('after a %i, whether what depends on it has failed: %s', (status, failed) => {
    expect(second !== undefined && hasFailedDependency(second, new Map([answered('1', status)]))).toBe(failed)
  })

  test('a dependency without an answer has failed, and nothing fails without dependencies', () => {
    expect(plan.items.map(item => hasFailedDependency(item, new Map()))).toEqual([false, true, true])
  })

  test('one failed dependency of many is enough', () => {
    const requests = [dependent('1'), dependent('2'), dependent('3', '1', '2')]
    const answers = new Map([answered('1', 200), answered('2', 404)])
    expect(valueOf(planBatch({ requests })).items.map(item => hasFailedDependency(item, answers))).toEqual([
      false,
      false,
      true,
    ])
  })

  test.each([
    [
      failedDependency,
      424,
      'FailedDependency',
      'The request was not made because a request that it depends on has failed.',
    ],
    [
      batchAnswerTooLarge,
      413,
      'BadRequest',
      'The answers to the batch are larger than 8 MiB. Make this request by itself.',
    ],
  ])('may be an OData error (%#)', (write, status, code, message) => {
    const written = write('2', occurrence)
    const answer = itemIn(written)
    expect(written.status).toBe(status)
    expect(answer).toMatchObject({ id: '2', status, headers: { 'Content-Type': 'application/json' } })
    expect(decoded(GraphErrorBody, answer.body).error).toEqual({
      code,
      message,
      innerError: { date: '2026-11-23T09:00:00', 'request-id': 'r', 'client-request-id': 'c' },
    })
  })

  test('comes in the order of the requests', () => {
    const answers = new Map([answered('3', 200), answered('1', 204), answered('2', 404), answered('4', 200)])
    const { responses } = decoded(BatchResponse, JSON.parse(writeBatch(plan, answers)))
    expect(responses.map(({ id, status }) => [id, status])).toEqual([
      ['1', 204],
      ['2', 404],
      ['3', 200],
    ])
  })

  test('holds the bodies as they came, and ids and headers whatever is in them', () => {
    const id = '"a",{}\\'
    const headers = { 'x-quoted': '"\\é' }
    const answer = { id, status: 200, headers, body: '{"a":[1,null]}' }
    expect(itemIn(writeBatchAnswer(answer))).toEqual({ ...answer, body: { a: [1, null] } })
    expect(itemIn(writeBatchAnswer({ ...answer, body: '' }))).toEqual({ id, status: 200, headers })
    const odd = valueOf(planBatch({ requests: [{ ...request, id }] }))
    const whole: unknown = JSON.parse(writeBatch(odd, new Map([[id, writeBatchAnswer(answer)]])))
    expect(decoded(BatchResponse, whole).responses).toHaveLength(1)
  })

  test('and the request are read again from the wire', () => {
    const sent = { requests: [{ ...request, headers: { a: 'b' }, body: { c: null }, dependsOn: [] }] }
    expect(BatchRequest.decode(sent)).toEqual(E.right(sent))
    const response = {
      responses: [
        { id: '2', status: 200, body: { a: [1] } },
        { id: '1', status: 204 },
      ],
    }
    expect(BatchResponse.decode(JSON.parse(JSON.stringify(response)))).toEqual(E.right(response))
    expect(E.isLeft(BatchItemResponse.decode({ id: '1', status: '204' }))).toBe(true)
    expect(E.isLeft(BatchResponse.decode({ value: [] }))).toBe(true)
  })
})
