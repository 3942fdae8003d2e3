import { z } from 'zod'

/** The longest period one answer covers, in days. */
export const MOST_DAYS = 400
/** The period without `from`, in days. */
export const USUAL_DAYS = 30

const date = z.iso.date('expected a date, as in 2026-11-25').optional()

export const UsageQuery = z.strictObject({
  from: date.describe('The first day (UTC); 30 days up to `to` unless told.'),
  to: date.describe('The last day (UTC), included; today unless told.'),
})
export type UsageQuery = z.infer<typeof UsageQuery>

const sums = {
  calls: z.int().describe('Calls of Claude: replies, and the titles and summaries made beside them.'),
  inputTokens: z.int().describe('Of prompts, neither written to the cache nor read from it.'),
  cacheCreationInputTokens: z.int(),
  cacheReadInputTokens: z.int(),
  outputTokens: z.int(),
  costNanoUsd: z.int().describe('Of the calls whose price is known.'),
  unpricedCalls: z.int().describe('Calls of models without a known price: in the tokens, not in the cost.'),
  cacheSavingsNanoUsd: z
    .int()
    .describe('What the prompts would have cost without the cache, less what they did; may be negative.'),
}

export const UsageSum = z.object(sums).meta({ id: 'UsageSum' })
export type UsageSum = z.infer<typeof UsageSum>

/** How far a number can be trusted; the three are never added up. */
export const UsageKind = z
  .enum(['measured', 'estimated', 'simulated'])
  .describe(
    '`measured`: Claude counted; `estimated`: Helix did, because the call was cut off; `simulated`: no Claude was asked, and nothing is owed.',
  )
export type UsageKind = z.infer<typeof UsageKind>

const byModel = { model: z.string(), kind: UsageKind, ...sums }

export const Usages = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    totals: z
      .object({ measured: UsageSum, estimated: UsageSum, simulated: UsageSum })
      .describe('Of the period.'),
    models: z.array(z.object(byModel)).describe('The same by model, dearest first.'),
    days: z
      .array(z.object({ date: z.iso.date(), ...byModel }))
      .describe('The same by day (UTC) and model, in order; days without a call are left out.'),
    today: z.object({
      date: z.iso.date(),
      messages: z.int().describe('You sent on this UTC day.'),
      endsAt: z.iso.datetime(),
    }),
    budget: z
      .object({
        limitNanoUsd: z.int().nullable().describe('A day; null where there is no limit.'),
        spentNanoUsd: z.int().describe('Today. Simulated calls cost nothing.'),
        reservedNanoUsd: z.int().describe('The most that replies under way can still cost.'),
        remainingNanoUsd: z.int().nullable(),
      })
      .describe('What replies to you may cost on this UTC day.'),
  })
  .meta({ id: 'Usages', description: 'What you used over a period, and where you stand today.' })
export type Usages = z.infer<typeof Usages>
