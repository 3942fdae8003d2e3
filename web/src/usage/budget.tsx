import type { Usages } from '../../../src/contract/usage.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import css from './usage.module.css'

interface BudgetProps {
  budget: Usages['budget']
  endsAt: string
  format: Format
}

/** From this part of the limit on it is nearly used up. */
const NEAR = 0.8

/** Where the budget of the day stands. */
export function Budget({ budget, endsAt, format }: BudgetProps) {
  const { budget: text } = useText().usage
  const { limitNanoUsd: limit, spentNanoUsd: spent, reservedNanoUsd: reserved } = budget
  if (limit === null) return <p class={css.note}>{text.none}</p>
  const over = spent >= limit
  const left = budget.remainingNanoUsd ?? 0
  return (
    <section class={css.budget} aria-label={text.title}>
      <div class={css.budgetLine}>
        <h2>{text.title}</h2>
        <span>{text.of(format.money(spent), format.money(limit))}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> cannot be given one look in all browsers */}
      <div
        class={css.meter}
        role="meter"
        aria-label={text.title}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(spent, limit)}
        aria-valuetext={text.of(format.money(spent), format.money(limit))}
        data-near={spent >= limit * NEAR || undefined}
      >
        <div style={{ width: `${share(spent, limit)}%` }} />
      </div>
      <p class={css.note}>
        {[
          over ? text.spent : text.left(format.money(left)),
          ...(reserved > 0 ? [text.reserved(format.money(reserved))] : []),
          text.ends(format.ago(endsAt), format.time(endsAt)),
        ].join(' ')}
      </p>
    </section>
  )
}

function share(spent: number, limit: number): number {
  return limit === 0 ? 100 : Math.min(100, (spent / limit) * 100)
}
