import type { ComponentChildren } from 'preact'
import { useText } from '../app.ts'
import { codeOf, failureText } from '../text/failure.ts'
import type { Loaded } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import css from './admin.module.css'

interface PartProps<T> {
  title: string
  /** At the end of the line with the title. */
  tools?: ComponentChildren
  about?: string
  loaded: Loaded<T>
  children: (value: T) => ComponentChildren
}

/** A section of the administration: its heading, and what it shows once that was read. */
export function Part<T>({ title, tools, about, loaded, children }: PartProps<T>) {
  const { admin, common, failures } = useText()
  const failed =
    codeOf(loaded.error) === 'maintenance' ? admin.maintenanceNow : failureText(loaded.error, failures)
  return (
    <>
      <div class={css.head}>
        <h2>{title}</h2>
        {tools && <div class={css.actions}>{tools}</div>}
      </div>
      {about && <p class={css.about}>{about}</p>}
      <Waiting loaded={loaded} labels={common} failed={failed} />
      {loaded.value !== undefined && children(loaded.value)}
    </>
  )
}
