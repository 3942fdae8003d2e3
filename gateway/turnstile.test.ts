import { expect, test } from 'vitest'
import { createTurnstile } from './turnstile.ts'

test('a turnstile lets so many in for each key, and the next when one leaves', async () => {
  const turnstile = createTurnstile(2)
  const order: string[] = []
  const enter = async (key: string, name: string) => {
    const leave = await turnstile.enter(key)
    order.push(name)
    return leave
  }
  const [first] = await Promise.all([enter('ada', 'a1'), enter('ada', 'a2')])
  const third = enter('ada', 'a3')
  const fourth = enter('ada', 'a4')
  await enter('bob', 'b1')
  expect(order).toEqual(['a1', 'a2', 'b1'])
  first?.()
  const leaveThird = await third
  expect(order).toEqual(['a1', 'a2', 'b1', 'a3'])
  leaveThird()
  await fourth
  expect(order.at(-1)).toBe('a4')
})
