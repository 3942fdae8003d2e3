import { describe, expect, it } from 'vitest'
import { alone, latest, stack, sum } from './stack.ts'

describe('stacked series', () => {
  it('stand on each other, and what is missing adds nothing', () => {
    expect(
      stack([
        [1, null, 3],
        [10, 20, null],
        [null, null, null],
      ]),
    ).toEqual([
      [1, 0, 3],
      [11, 20, 3],
      [11, 20, 3],
    ])
    expect(stack([])).toEqual([])
  })

  it('are told apart from values that stand alone', () => {
    expect(alone([1, null, 2, 3, null, 4])).toEqual([0, 5])
    expect(alone([null, null])).toEqual([])
  })

  it('are summed up, and the last value is found', () => {
    expect(sum([1, null, 2])).toBe(3)
    expect(latest([1, 2, null])).toBe(2)
    expect(latest([null])).toBeNull()
  })
})
