import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Message } from '../../../../src/contract/chat.ts'
import { useApp } from '../../app.ts'
import { costText, countText, shareText } from '../numbers.ts'
import css from './gauge.module.css'
import { type Totals, totalsOf } from './totals.ts'

/** How full the model's memory of the conversation is, and what it cost; pressed, the figures behind it. */
export function Gauge({ messages }: { messages: readonly Message[] }) {
  const { text } = useApp()
  const { gauge } = text.value.chat
  const id = useId()
  const [open, setOpen] = useState(false)
  const wrap = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    const outside = (event: Event) => {
      if (event.target instanceof Node && !wrap.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [open])
  const totals = totalsOf(messages)
  if (!totals) return null
  const language = text.language.value
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes what the button within opened.
    <div
      class={css.wrap}
      ref={wrap}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return
        event.stopPropagation()
        setOpen(false)
        wrap.current?.querySelector('button')?.focus()
      }}
    >
      <button
        type="button"
        class={css.gauge}
        aria-expanded={open}
        aria-controls={id}
        title={gauge.label}
        onClick={() => setOpen(!open)}
      >
        <span class="hidden-text">{gauge.label}:</span>
        {totals.limit !== undefined && <Ring share={totals.context / totals.limit} />}
        <span>{gauge.tokens(countText(totals.context, language))}</span>
        {totals.costNanoUsd > 0 && <span class={css.cost}>{costText(totals.costNanoUsd, language)}</span>}
      </button>
      {open && <Figures id={id} totals={totals} language={language} />}
    </div>
  )
}

function Ring({ share }: { share: number }) {
  return (
    <svg class={css.ring} viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      <circle cx="10" cy="10" r="7.5" pathLength="100" />
      <circle
        cx="10"
        cy="10"
        r="7.5"
        pathLength="100"
        stroke-dasharray={`${Math.min(100, share * 100)} 100`}
      />
    </svg>
  )
}

function Figures({ id, totals, language }: { id: string; totals: Totals; language: string }) {
  const { gauge } = useApp().text.value.chat
  const full = new Intl.NumberFormat(language)
  return (
    <div class={css.figures} id={id}>
      <dl>
        <dt>{gauge.context}</dt>
        <dd>
          {totals.limit === undefined
            ? gauge.tokens(full.format(totals.context))
            : gauge.contextOf(full.format(totals.context), full.format(totals.limit))}
        </dd>
        <dt>{gauge.read}</dt>
        <dd>{gauge.ofPrompt(shareText(totals.fromCache, language))}</dd>
        <dt>{gauge.cost}</dt>
        <dd>
          {costText(totals.costNanoUsd, language)}
          {totals.estimated && ` (${gauge.estimated})`}
        </dd>
      </dl>
      {totals.unpriced && <p>{gauge.unknownCost}</p>}
      {totals.simulated && <p>{gauge.simulated}</p>}
      {totals.limit !== undefined && <p>{gauge.fullAt}</p>}
    </div>
  )
}
