import type { ComponentChildren } from 'preact'
import { useText } from '../app.ts'
import { Banner } from '../ui/banner.tsx'
import { refusedText } from './words.ts'

/** Why the last attempt was refused; read out as it appears. */
export function Refused({ error, action }: { error: unknown; action?: ComponentChildren }) {
  const text = useText()
  if (error === undefined) return null
  return (
    <div role="alert">
      <Banner kind="bad" action={action}>
        {refusedText(error, text)}
      </Banner>
    </div>
  )
}
