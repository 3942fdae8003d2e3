import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret, secretsIn } from './secret.ts'

const secret = new Secret('sk-ant-hidden')

test.each([
  ['a template', `${secret}`],
  ['concatenation', `key: ${String(secret)}`],
  ['JSON', JSON.stringify({ secret })],
  ['inspect, with everything shown', inspect({ deep: [secret] }, { showHidden: true, depth: 9 })],
  ['the console', format('%s %o %j', secret, secret, secret)],
  ['an error', new Error(`bad ${secret}`, { cause: secret }).message],
  ['its own properties', JSON.stringify(Object.entries(secret)) + inspect(structuredClone({ ...secret }))],
])('does not come out through %s', (_way, printed) => {
  expect(printed).not.toContain('hidden')
})

test('is revealed only on request', () => {
  expect(secret.reveal()).toBe('sk-ant-hidden')
  expect(`${secret}`).toBe('[REDACTED]')
})

test('is found wherever it lies in a structure', () => {
  expect(secretsIn({ a: { b: [secret] }, c: 1, d: undefined })).toEqual(new Set(['sk-ant-hidden']))
})
