import type { Usages } from '../../../src/contract/usage.ts'
import { useText } from '../app.ts'
import type { Format } from '../format/format.ts'
import { monthOf, totalFrom } from './period.ts'
import css from './usage.module.css'

interface PartProps {
  usages: Usages
  /** Of the period in view. */
  days: readonly string[]
  period: string
  format: Format
}

/** Today, this month, and what the cache saved, in large figures. Simulated calls are told in tokens: they cost nothing. */
export function Totals({ usages, days, period, format }: PartProps) {
  const { usage: text } = useText()
  const { today } = usages
  const first = days[0] ?? usages.from
  const [measured, simulated] = [
    totalFrom(usages.days, first, 'measured'),
    totalFrom(usages.days, first, 'simulated'),
  ]
  const saved = measured.savedNanoUsd
  return (
    <dl class={css.totals}>
      <Spent name={text.today} from={today.date} {...{ usages, format }}>
        {text.messages(today.messages, format.count(today.messages))}
      </Spent>
      <Spent name={text.month} from={monthOf(today.date)} {...{ usages, format }} />
      <div>
        <dt>{text.saved}</dt>
        <dd class={css.figure}>{format.money(saved)}</dd>
        <dd class={css.note}>
          {measured.calls === 0 && simulated.calls > 0 ? text.models.simulated : text.savedHint(period)}
        </dd>
      </div>
    </dl>
  )
}

interface SpentProps {
  name: string
  from: string
  usages: Usages
  format: Format
  children?: string
}

function Spent({ name, from, usages, format, children }: SpentProps) {
  const { usage: text } = useText()
  const of = (kind: 'measured' | 'estimated' | 'simulated') => totalFrom(usages.days, from, kind)
  const [measured, estimated, simulated] = [of('measured'), of('estimated'), of('simulated')]
  const calls = measured.calls + estimated.calls + simulated.calls
  const free = measured.calls + estimated.calls === 0 && simulated.calls > 0
  const notes = [
    ...(children === undefined ? [] : [children]),
    text.calls(calls, format.count(calls)),
    ...(estimated.costNanoUsd > 0 ? [text.estimated(format.money(estimated.costNanoUsd))] : []),
  ]
  return (
    <div>
      <dt>{name}</dt>
      <dd class={css.figure}>
        {free
          ? text.tokens(simulated.tokens, format.compact(simulated.tokens))
          : format.money(measured.costNanoUsd)}
      </dd>
      <dd class={css.note}>{notes.join(' · ')}</dd>
    </div>
  )
}
