import { expect, test } from 'vitest'
import { originsOf } from './reach.ts'
import { readScript } from './script/read.ts'

test('the places a test sends to are the target and whatever else stands in it, wherever', () => {
  const script = readScript(
    `
config: {}
before: { flow: [{ post: { url: "https://before.example.com/in" } }] }
scenarios:
  - flow:
      - get: { url: /here }
      - get: { url: "here/{{ id }}" }
      - get: { url: "http://127.0.0.1:3000/here" }
      - loop: [{ parallel: [{ sse: { url: "https://deep.example.com/{{ id }}" } }, { think: 1 }] }]
      - get: { url: "//other.example.com:8443/x" }
      - get: { url: "{{ somewhere }}/x" }
      - get: { url: "https://{{ name }}.example.com/x" }
      - get: { url: "https://{{name}}.example.com/x" }
      - get: { url: "http://127.0.0.1:{{ port }}/x" }
after: { flow: [{ delete: { url: "https://AFTER.example.com" } }, { log: "https://said.example.com" }] }`,
    'test.yml',
  )
  expect(originsOf(script, 'http://127.0.0.1:3000')).toEqual([
    'http://127.0.0.1:3000',
    'https://deep.example.com',
    'http://other.example.com:8443',
    'https://before.example.com',
    'https://after.example.com',
  ])
})
