import { z } from 'zod'
import { HelixError } from '../../src/errors.ts'
import { argument, defineCommand, option } from '../define.ts'
import { readResult } from './result-file.ts'

export default defineCommand({
  examples: [
    ['helix loadtest compare before.json after.json', 'what changed'],
    ['helix loadtest compare before.json after.json --tolerate 10', 'and exit with 9 where it is 10 % worse'],
  ],
  arguments: {
    before: argument('<before>', 'a result', z.string().min(1)),
    after: argument('<after>', 'a later one', z.string().min(1)),
  },
  options: {
    tolerate: option(
      '--tolerate <percent>',
      'exit with 9 when anything is worse by more',
      z.coerce.number().min(0).optional(),
    ),
  },
  async run({ before, after, tolerate }, context) {
    const { compareResults } = await import('../../src/load/report/compare.ts')
    const [first, second] = [await readResult(context, before), await readResult(context, after)]
    const differences = compareResults(first, second)
    const worse = tolerate === undefined ? [] : differences.filter(({ worseBy }) => worseBy > tolerate)
    const doubtful = [first, second].some(({ generator }) => generator.limited)
    return { differences, worse, doubtful, unlike: unlike(first, second) }
  },
  view({ differences, doubtful, unlike: notes }, { colour }) {
    const lines = differences.map(({ measure, before, after, worseBy }) => {
      const change =
        worseBy === 0 ? '' : `${Math.abs(worseBy).toFixed(1)} % ${worseBy > 0 ? 'worse' : 'better'}`
      const paint = worseBy > 0 ? colour.red : colour.green
      return `${measure.padEnd(26)}${before.toFixed(1).padStart(10)} → ${after.toFixed(1).padStart(10)}  ${paint(change)}`.trimEnd()
    })
    if (doubtful)
      lines.push(
        colour.yellow('! The generator was the limit in one of them: this compares machines, not targets.'),
      )
    return [...lines, ...notes.map((note) => colour.yellow(`! ${note}`))].join('\n')
  },
  verdict({ worse }) {
    if (worse.length === 0) return undefined
    return new HelixError('thresholds_missed', `Worse: ${worse.map(({ measure }) => measure).join(', ')}`, {
      hint: 'Repeat both on a quiet machine before you believe it.',
    })
  },
})

/** What makes two tests hard to compare. */
function unlike(
  one: { rate: { offered: number }; simulated: boolean | null },
  other: { rate: { offered: number }; simulated: boolean | null },
): string[] {
  const notes: string[] = []
  if (Math.abs(one.rate.offered - other.rate.offered) > one.rate.offered * 0.02)
    notes.push(
      `They offered different rates: ${one.rate.offered.toFixed(1)}/s and ${other.rate.offered.toFixed(1)}/s.`,
    )
  if (one.simulated !== other.simulated) notes.push('Replies were simulated in one of them only.')
  return notes
}
