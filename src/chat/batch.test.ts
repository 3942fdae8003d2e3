import { describe, expect, it } from 'vitest'
import { StatementError } from '../db/statement-error.ts'
import { createBatch } from './batch.ts'

const refusal = (code: string) => new StatementError('refused', { code })
const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(resolve, 5, value))

describe('a batch', () => {
  it('runs a lone item at once and lets those who arrive meanwhile share the next run', async () => {
    const runs: number[][] = []
    const submit = createBatch<number, number>(async (items) => {
      runs.push(items)
      return later(items.map((item) => item * 10))
    })
    expect(await Promise.all([1, 2, 3, 4].map(submit))).toEqual([10, 20, 30, 40])
    expect(runs).toEqual([[1], [2, 3, 4]])
  })

  it('takes no more than `most` into one run', async () => {
    const sizes: number[] = []
    const submit = createBatch<number, number>(
      async (items) => {
        sizes.push(items.length)
        return later(items)
      },
      { most: 2 },
    )
    await Promise.all([1, 2, 3, 4, 5].map(submit))
    expect(sizes).toEqual([1, 2, 2])
  })

  it('lets a bad item fail alone', async () => {
    const submit = createBatch<string, string>(async (items) => {
      await later(null)
      if (items.includes('bad')) throw refusal('22000')
      return items
    })
    const outcomes = await Promise.allSettled(['first', 'good', 'bad', 'fine'].map(submit))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  })

  it('looks again after a collision with another instance, and gives up after three', async () => {
    let tries = 0
    const submit = createBatch<string, string>(async (items) => {
      tries += 1
      if (tries < 3 || items.includes('never')) throw refusal('23505')
      return items
    })
    expect(await submit('sooner or later')).toBe('sooner or later')
    tries = 0
    await expect(submit('never')).rejects.toMatchObject({ code: '23505' })
    expect(tries).toBe(3)
  })

  it('fails everyone at once when the database cannot be reached: nobody knows what was committed', async () => {
    let runs = 0
    const submit = createBatch<number, number>(async () => {
      runs += 1
      await later(null)
      throw new Error('connection lost')
    })
    const outcomes = await Promise.allSettled([1, 2, 3].map(submit))
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    expect(runs).toBe(2)
  })
})
