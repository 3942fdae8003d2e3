import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTriggerScan } from './triggers.ts'

describe('createTriggerScan', () => {
  it('finds in one pass what looking for each piece finds', () => {
    const word = (signs: string) => fc.string({ unit: fc.constantFrom(...signs), minLength: 1, maxLength: 5 })
    const lists = fc.array(fc.array(word('ab0-'), { maxLength: 4 }), { maxLength: 6 })
    fc.assert(
      fc.property(lists, fc.string({ unit: fc.constantFrom(...'aAbB07-cé') }), (pieces, text) => {
        const lower = text.toLowerCase().replace(/\d/g, '0')
        const wanted = [...pieces.keys()].filter((at) => pieces[at]?.some((piece) => lower.includes(piece)))
        expect(createTriggerScan(pieces)(text)).toEqual(wanted)
      }),
      { numRuns: 2_000 },
    )
  })
})
