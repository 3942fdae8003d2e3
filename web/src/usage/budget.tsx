import type { Usages } from '../../../src/contract/usage.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import css from './usage.module.css'

interface BudgetProps {
  budget: Usages['budget']
  endsAt: string
  format: Format
}

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
      <meter
        class={css.meter}
        min={0}
        max={Math.max(limit, 1)}
        high={limit * 0.8}
        optimum={0}
        value={Math.min(spent, limit)}
        aria-label={text.title}
      >
        {text.of(format.money(spent), format.money(limit))}
      </meter>
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
