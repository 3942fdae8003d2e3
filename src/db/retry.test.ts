import { expect, test } from 'vitest'
import { retryUndone } from './retry.ts'
import { StatementError } from './statement-error.ts'

const refusal = (code: string) => new StatementError('no', { code })

/** Fails so often with this code, then resolves to how often it was asked. */
function failing(times: number, code: string) {
  let asked = 0
  return async () => {
    asked += 1
    if (asked <= times) throw refusal(code)
    return asked
  }
}

test('what PostgreSQL undid for another comes again, a few times', async () => {
  for (const code of ['40P01', '40001']) expect(await retryUndone(failing(2, code))).toBe(3)
  await expect(retryUndone(failing(9, '40P01'), 2)).rejects.toMatchObject({ code: '40P01' })
})

test('what was refused for its own sake does not', async () => {
  await expect(retryUndone(failing(1, '23505'))).rejects.toMatchObject({ code: '23505' })
})
