import { expect, test } from 'vitest'
import type { Target } from '../../src/release/target.ts'
import type { Context } from '../context.ts'
import { bringTo } from './run.ts'

test.each([
  { plan: true, resume: true },
  { plan: true, undo: true },
  { resume: true, undo: true },
])('%o at once is refused before anything is looked at', async (ways) => {
  const options = { ...{ plan: false, resume: false, undo: false, reason: 'a test', without: [] }, ...ways }
  await expect(bringTo({} as Target, options, {} as Context)).rejects.toMatchObject({
    code: 'usage',
    message: `${Object.keys(ways)
      .map((way) => `--${way}`)
      .join(' and ')} cannot be had at once`,
  })
})
