import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkActionBody, graphErrors, isJsonMediaType, parseJsonBody } from '../src/index.js'

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const taken = E.right(undefined)
const missing = E.left(graphErrors.contentTypeMissing)
const notJson = E.left(graphErrors.contentTypeNotJson)
const broken = E.left(graphErrors.badRequest('The request body is not valid JSON.'))
const noBody = E.left(graphErrors.badRequest('This action does not take a request body.'))

describe('a media type', () => {
  test.each([
    [json],
    ['APPLICATION/Json'],
    ['application/json;odata.metadata=minimal; charset=utf-8'],
    ['application/json ; charset="utf-8"'],
    ['application/json;'],
    [' application/json '],
  ])('%j is JSON', contentType => {
    expect(isJsonMediaType(contentType)).toBe(true)
  })

  test.each([
    [''],
    [';'],
    ['json'],
    ['application/jsonx'],
    ['application/json+x'],
    ['application/problem+json'],
    ['application / json'],
    ['application/json, text/plain'],
    ['text/json'],
    ['text/plain; x=application/json'],
    [form],
  ])('%j is not', contentType => {
    expect(isJsonMediaType(contentType)).toBe(false)
  })
})

describe('what comes with an action', () => {
  test.each([
    ['no body, as the Kiota SDK sends it', undefined, '', missing, taken],
    ['no body, an empty Content-Type', ' ', '', missing, taken],
    ['no body, JSON, as msgraph-sdk-javascript sends it', json, '', taken, taken],
    ['no body, a form, as the CLI for Microsoft 365 sends it', form, '', notJson, taken],
    ['an object without Content-Type', undefined, '{}', missing, missing],
    ['an object with an empty Content-Type', '', '{}', missing, missing],
    ['a form', form, 'a=b', notJson, notJson],
    ['an empty object', json, '{}', taken, taken],
    ['an empty object with space', json, ' {\n} ', taken, taken],
    ['null', json, 'null', taken, taken],
    ['broken JSON', json, '{', broken, broken],
    ['space', json, ' ', broken, broken],
    ['two values', json, '{}{}', broken, broken],
    ['an empty array', json, '[]', noBody, noBody],
    ['a property', json, '{"a":1}', noBody, noBody],
    ['a property of a strange name', json, '{"__proto__":{}}', noBody, noBody],
    ['false', json, 'false', noBody, noBody],
    ['zero', json, '0', noBody, noBody],
    ['an empty string', json, '""', noBody, noBody],
  ])('%s', (_, contentType, body, always, withBody) => {
    expect(checkActionBody({ contentType, body }, 'always')).toEqual(always)
    expect(checkActionBody({ contentType, body }, 'withBody')).toEqual(withBody)
  })

  test('no message repeats the body', () => {
    for (const body of ['{"mail":"jane@x"}', 'jane@x'])
      expect(JSON.stringify(checkActionBody({ contentType: json, body }, 'always'))).not.toContain('jane')
  })
})

describe('a JSON body', () => {
  test('is read', () => {
    fc.assert(
      fc.property(fc.json(), body => {
        expect(parseJsonBody({ contentType: json, body })).toEqual(E.right(JSON.parse(body)))
      }),
    )
  })

  test.each([
    [undefined, '{}', missing],
    [undefined, '', missing],
    [form, '{', notJson],
    [json, '', broken],
    [json, '{', broken],
  ])('Content-Type %s with %j is refused', (contentType, body, refusal) => {
    expect(parseJsonBody({ contentType, body })).toEqual(refusal)
  })

  test('deep nesting is no exception', () => {
    const deep = '['.repeat(500_000)
    expect(parseJsonBody({ contentType: json, body: deep })).toEqual(broken)
  })
})
