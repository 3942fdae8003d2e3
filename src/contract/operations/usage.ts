import type { Operation } from '../operation.ts'
import { MOST_DAYS, UsageQuery, Usages } from '../usage.ts'

export const usageOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/usage',
    id: 'getUsage',
    summary: 'Answers what you used: tokens, cost and what the cache saved, by day and model.',
    description: `Costs are in billionths of a US dollar. A period has at most ${MOST_DAYS} days. Conversations you deleted still count.`,
    tag: 'Usage',
    access: 'person',
    scope: 'read',
    query: UsageQuery,
    answers: { 200: { description: 'The period, and where you stand today.', schema: Usages } },
  },
]
