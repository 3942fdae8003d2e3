import { expect, test } from 'vitest'
import { cleanReport } from './fingerprint.ts'

const STACK = `TypeError: x is undefined
    at send (https://helix.example.com/assets/app-3f2a.js?v=1#top:10:20)
    at click (https://helix.example.com/assets/app-3f2a.js:1:2)`
const of = (message: string, stack?: string) =>
  cleanReport({ message, ...(stack ? { stack } : {}) }).fingerprint

test('reports of the same failure are one kind: numbers, ids, origins and callers make no other', () => {
  const one = of('No message 17 of 6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01', STACK)
  const moved = STACK.replaceAll('https://helix.example.com', 'tauri://localhost').replace('click', 'press')
  expect(of('No message 4 of 00000000-0000-4000-8000-00000000000a', moved)).toBe(one)
  expect(of('No message 17 of nobody', STACK)).not.toBe(one)
  expect(
    of('No message 17 of 6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01', STACK.replace('10:20', '11:20')),
  ).not.toBe(one)
  expect(of('Same')).toBe(of('Same', 'no place in this'))
})

test('a report is kept without secrets, queries, ids and fragments, on one line but for its stack', () => {
  const kept = cleanReport({
    message:
      'Failed\nat https://x.example/a?access_token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl',
    stack: STACK,
    page: 'https://x.example/c/6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01?q=private#private',
    userAgent:
      'Agent sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaAA',
  })
  expect(kept.page).toBe('/c/:id')
  expect(kept.message).toBe('Failed at https://x.example/a')
  expect(kept.stack).toContain('\n    at send (https://helix.example.com/assets/app-3f2a.js:10:20)')
  expect(JSON.stringify(kept)).not.toMatch(/eyJ|private|sk-ant-api03-a/)
})

test('a report of nothing but what must not be kept is still one', () => {
  expect(cleanReport({ message: '\u0000\u0007' }).message).toBe('no message')
  expect(cleanReport({ message: 'x', page: 'http://[' }).page).toBeNull()
})
