import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { operations } from '../contract/api.ts'
import type { Operation } from '../contract/operation.ts'
import { FAILURE_CODES } from '../errors.ts'
import { statusOf } from '../signin/failure.ts'
import { openApiDocument } from './document.ts'
import { speaksGotrue } from './problems.ts'

const document = openApiDocument(operations, '1.2.3')

const ask: Operation = {
  method: 'get',
  path: '/api/things/{id}',
  id: 'getThing',
  summary: 'A thing.',
  tag: 'Things',
  access: 'person',
  answers: { 200: { description: 'It.' } },
}
const Thing = z.object({ name: z.string() }).meta({ id: 'Thing' })

describe('the OpenAPI document of our operations', () => {
  it('is valid OpenAPI 3.1, and every reference leads somewhere', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(JSON.stringify(document, null, 2))
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
    expect(validator.version).toBe('3.1')
    for (const [, reference = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = reference.split('/').reduce<unknown>((at, key) => Object(at)[key], document)
      expect(found, reference).toBeDefined()
    }
  })

  it('is refused by the validator when it is broken', async () => {
    const broken = openApiDocument([{ ...ask, answers: {} }], '1')
    const { valid } = await new Validator().validate(JSON.stringify({ ...broken, info: {} }, null, 2))
    expect(valid).toBe(false)
  })

  it('names no failure that there is not', () => {
    for (const operation of operations) {
      for (const code of operation.failures ?? []) {
        const known = speaksGotrue(operation)
          ? statusOf(code) !== undefined
          : FAILURE_CODES.some((one) => one === code)
        expect(known, `${operation.id}: ${code}`).toBe(true)
      }
    }
  })

  it('has examples that its own schemas take', () => {
    for (const { id, body, example, answers } of operations) {
      if (example !== undefined) expect(body?.safeParse(example).error, id).toBeUndefined()
      for (const { schema, example: shown } of Object.values(answers)) {
        if (shown !== undefined) expect(schema?.safeParse(shown).error, id).toBeUndefined()
      }
    }
  })
})

describe('an operation in the document', () => {
  it('has its schema named once, without what JSON Schema would promise in vain', () => {
    const list = {
      ...ask,
      path: '/api/things',
      id: 'listThings',
      answers: { 200: { description: '', schema: z.array(Thing) } },
    }
    const one = { ...ask, answers: { 200: { description: '', schema: Thing } } }
    const { paths, components } = openApiDocument([list, one], '1')
    expect(components.schemas.Thing).toEqual({
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
    })
    const json = 'responses.200.content.application/json.schema'.split('.')
    expect(paths['/api/things/{id}']?.get).toHaveProperty(json, { $ref: '#/components/schemas/Thing' })
  })

  it('may not give two schemas one name, not even the two sides of one', () => {
    const Size = z.object({ size: z.string().transform(Number).pipe(z.number()) }).meta({ id: 'Size' })
    const both = { ...ask, body: Size, answers: { 200: { description: '', schema: Size } } }
    expect(() => openApiDocument([both], '1')).toThrow('Two different schemas are named Size')
  })

  it('wants what its access says', () => {
    const security = (access: Operation['access']) =>
      openApiDocument([{ ...ask, access, scope: 'read' }], '1').paths[ask.path]?.get?.security
    expect(security('person')).toEqual([{ bearer: ['read'] }])
    expect(security('creator')).toEqual([{ bearer: ['creator'] }])
    expect(security('service')).toEqual([{ service: [] }])
    expect(security('public')).toEqual([])
  })

  it('answers problems by status, with the codes one can switch on', () => {
    const operation = { ...ask, body: z.strictObject({}), failures: ['conversation_not_found', 'draining'] }
    const { responses = {} } = openApiDocument([operation], '1').paths[ask.path]?.get ?? {}
    expect(Object.keys(responses)).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '413',
      '415',
      '429',
      '500',
      '503',
    ])
    expect(responses[404]?.content).toHaveProperty(['application/problem+json', 'schema', 'allOf', 1], {
      properties: { code: { enum: ['conversation_not_found'] } },
    })
    expect(responses[503]?.description).toContain('`draining`')
    expect(responses[429]?.headers).toHaveProperty('Retry-After')
    expect(responses[401]?.headers).toHaveProperty('WWW-Authenticate')
  })
})
