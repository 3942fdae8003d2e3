import { useState } from 'preact/hooks'
import { useText } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { DeleteAccount } from './delete-account.tsx'
import css from './settings.module.css'

/** Leaving for good: what goes, what stays, and the way to it. */
export function DeletionPart() {
  const { deletion: text } = useText().settings
  const [asking, setAsking] = useState(false)
  return (
    <section class={css.part}>
      <h3>{text.title}</h3>
      <p class={css.intro}>{text.intro}</p>
      <div class={css.stack}>
        <Bullets title={text.goes} items={text.goesList} />
        <Bullets title={text.stays} items={text.staysList} />
        <div>
          <Button kind="danger" onClick={() => setAsking(true)}>
            {text.start}
          </Button>
        </div>
      </div>
      {asking && <DeleteAccount onClose={() => setAsking(false)} />}
    </section>
  )
}

function Bullets({ title, items }: { title: string; items: readonly string[] }) {
  return (
    <div>
      <h4>{title}</h4>
      <ul class={css.bullets}>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </div>
  )
}
