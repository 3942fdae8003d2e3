import { expect } from 'vitest'
import { isFailureCode } from '../../src/errors.ts'

/** Shapes of a stack trace, a file of ours or a statement, none of which a caller may see. */
const INSIDES = /\n\s+at |node_modules|\.[tj]s:\d|select .* from|insert into/i

/** Asserts that an answer is a refusal as every client may rely on it; resolves to its code. */
export async function expectProblem(answer: Response, what = answer.url): Promise<string> {
  const text = await answer.text()
  expect(answer.status, `${what}: ${text.slice(0, 300)}`).toBeGreaterThanOrEqual(400)
  expect(answer.status, `${what}: ${text.slice(0, 300)}`).toBeLessThan(500)
  expect(answer.headers.get('content-type'), what).toBe('application/problem+json; charset=utf-8')
  expect(answer.headers.get('x-content-type-options'), what).toBe('nosniff')
  expect(text, what).not.toMatch(INSIDES)
  const problem = JSON.parse(text)
  expect(problem, what).toMatchObject({
    type: `urn:helix:${problem.code}`,
    title: expect.stringMatching(/./),
    status: answer.status,
    hint: expect.stringMatching(/./),
    requestId: answer.headers.get('x-request-id'),
  })
  expect(isFailureCode(problem.code), what).toBe(true)
  return problem.code
}
