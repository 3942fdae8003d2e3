import { describe, expect, test } from 'vitest'
import { HelixError } from '../../../src/errors.ts'
import { createReporter } from './report-errors.ts'

function start() {
  const sent: unknown[] = []
  const reporter = createReporter({
    url: 'https://helix.example.com',
    fetch: async (address, init) => {
      expect(address).toBe('https://helix.example.com/api/client-errors')
      expect(JSON.stringify(init?.headers)).not.toContain('authorization')
      sent.push(JSON.parse(String(init?.body)))
      return new Response(null, { status: 204 })
    },
    release: '/assets/index-1.js',
    userAgent: 'Browser',
    path: () => '/c/0193a2b4-0000-7000-8000-000000000000',
  })
  return { sent, ...reporter }
}

function failing(message: string, stack: string): Error {
  const error = new TypeError(message)
  error.stack = `TypeError: ${message}\n${stack}`
  return error
}

describe('the report of a failure', () => {
  test('says what failed where, and not in which conversation', () => {
    const { sent, report } = start()
    report(
      failing('x is not a function', '    at send (https://helix.example.com/assets/a-1.js?t=secret:3:5)'),
    )
    expect(sent).toEqual([
      {
        message: 'TypeError: x is not a function',
        stack: 'at send (https://helix.example.com/assets/a-1.js:3:5)',
        page: '/c',
        release: '/assets/index-1.js',
        userAgent: 'Browser',
      },
    ])
  })

  test('is made once for each failure, and seldom in all', () => {
    const { sent, report } = start()
    for (let time = 0; time < 5; time += 1) report(failing('same', '    at a (x.js:1:1)'))
    expect(sent).toHaveLength(1)
    for (let time = 0; time < 50; time += 1) report(failing(`other ${time}`, '    at a (x.js:1:1)'))
    expect(sent).toHaveLength(10)
  })

  test.each([
    ['JSON', `Unexpected token 'D', "Dear diary, today I" is not valid JSON`],
    ['a cut quotation', 'Unexpected token, "Dear diary, today I'],
    ['a token', 'refused eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
  ])('never holds content: %s', (_what, message) => {
    const { sent, report } = start()
    report(failing(message, ''))
    expect(JSON.stringify(sent)).not.toMatch(/diary|eyJ/)
    expect(sent).toHaveLength(1)
  })

  test('is not made of what happens to every page', () => {
    const { sent, report } = start()
    report(new DOMException('given up', 'AbortError'))
    report(new HelixError('gateway_unreachable', 'No gateway answers'))
    report(new Error('ResizeObserver loop completed with undelivered notifications.'))
    expect(sent).toEqual([])
    report('a string')
    expect(sent).toMatchObject([{ message: 'Error: a string' }])
  })
})
