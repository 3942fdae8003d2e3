import { highestRates } from '../../claude/price.ts'
import { HelixError } from '../../errors.ts'
import type { Policy, Standing } from '../../limits/limiter.ts'

/** What people may ask for, and what it may cost. Amounts are in US dollars; undefined means no limit. */
export interface Allowance {
  turnsPerMinute: number
  turnBurst: number
  userDailyUsd?: number | undefined
  monthlyUsd?: number | undefined
}

const NANO = 1e9

/** What the opening transaction needs to judge a turn by. Costs are integer nano-USD. */
export interface AllowanceItem {
  turnsPerSecond: number
  turnBurst: number
  dayLimit: number | null
  monthLimit: number | null
  /** What a token of the prompt may cost at most. */
  promptRate: number
  promptCharacters: number
  /** What the longest reply costs: 0 for one that costs nothing, null where nobody knows. */
  replyCost: number | null
}

/**
 * The allowance as it goes into the transaction. What a turn reserves is the most it can cost: its prompt at the
 * dearest rate, and the longest reply. Simulated turns cost nothing.
 * @throws HelixError `price_unknown` when a budget is set that this model cannot be held to
 */
export function allowanceItem(
  { turnsPerMinute, turnBurst, userDailyUsd, monthlyUsd }: Allowance,
  turn: { model: string; simulated: boolean; maxTokens: number; promptCharacters: number; at: Date },
): AllowanceItem {
  const limited = !turn.simulated && (userDailyUsd !== undefined || monthlyUsd !== undefined)
  // Also where nobody is limited: a person may have a quota of their own, which only the database knows.
  const rates = turn.simulated ? { prompt: 0, output: 0 } : highestRates(turn.model, turn.at)
  if (!rates && limited) throw priceUnknown(turn.model)
  return {
    turnsPerSecond: turnsPerMinute / 60,
    turnBurst,
    dayLimit: limited ? nano(userDailyUsd) : null,
    monthLimit: limited ? nano(monthlyUsd) : null,
    promptRate: rates?.prompt ?? 0,
    promptCharacters: turn.promptCharacters,
    replyCost: rates ? rates.output * turn.maxTokens : null,
  }
}

/** Where a person stands with their turns: as many at once as the burst, then the rate. */
export function turnStanding(
  { turnsPerMinute, turnBurst }: Allowance,
  remaining: number,
  waitMs = 0,
): Standing {
  const missing = turnBurst - remaining
  const policy: Policy = { name: 'turns', points: turnsPerMinute, seconds: 60 }
  const resetMs = waitMs > 0 ? waitMs : Math.ceil((missing * 60_000) / turnsPerMinute)
  return { policy, allowed: waitMs === 0, remaining, resetMs }
}

/** The refusal of a turn that came too soon. */
export function tooSoon(allowance: Allowance, waitMs: number): HelixError {
  const { turnsPerMinute, turnBurst } = allowance
  return new HelixError(
    'rate_limited',
    `You may send ${turnsPerMinute} messages a minute, ${turnBurst} of them at once`,
    {
      hint: `Send again in ${Math.ceil(waitMs / 1000)} s; the same clientMessageId is safe.`,
      details: { retryAfterMs: waitMs, rateLimit: turnStanding(allowance, 0, waitMs) },
    },
  )
}

/** What the database says of a budget that would not bear a turn. */
export interface Overdrawn {
  budget: 'day' | 'month'
  limit: number
  spent: number
  reserved: number
}

/** The refusal of a turn that a budget would not bear; what others spend is told to nobody. */
export function budgetExhausted({ budget, limit, spent, reserved }: Overdrawn, now: Date): HelixError {
  const ends = budget === 'day' ? nextDay(now) : nextMonth(now)
  const details = { retryAfterMs: ends.getTime() - now.getTime(), budget }
  if (budget === 'month') {
    return new HelixError('budget_exhausted', 'The budget of this month does not cover another reply', {
      hint: `It begins anew at ${ends.toISOString()}; whoever runs this Helix can raise budgets.monthlyUsd.`,
      details,
    })
  }
  return new HelixError(
    'budget_exhausted',
    `Your budget of ${dollars(limit)} a day does not cover another reply: ${dollars(spent)} spent, ${dollars(reserved)} reserved`,
    {
      hint: `It begins anew at ${ends.toISOString()}; whoever runs this Helix can raise it with \`helix user quota\` or budgets.userDailyUsd.`,
      details: { ...details, limitNanoUsd: limit, spentNanoUsd: spent, reservedNanoUsd: reserved },
    },
  )
}

function priceUnknown(model: string): HelixError {
  return new HelixError('price_unknown', `No price is known for ${model}, and a budget is set here`, {
    hint: 'Choose a model with a published price, or leave "model" out.',
  })
}

function nano(usd: number | undefined): number | null {
  return usd === undefined ? null : Math.round(usd * NANO)
}

function dollars(nanoUsd: number): string {
  return `$${(nanoUsd / NANO).toFixed(2)}`
}

function nextDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))
}

function nextMonth(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1))
}
