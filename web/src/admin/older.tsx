import { useText } from '../app.ts'
import { Button } from '../ui/button.tsx'
import css from './admin.module.css'
import type { Pages } from './use-pages.ts'

/** The way to older ones, where there are any. */
export function Older({
  pages,
}: {
  pages: Pick<Pages<{ before: string | null }, unknown>, 'older' | 'busy'>
}) {
  const { admin } = useText()
  if (!pages.older) return null
  return (
    <div class={css.more}>
      <Button busy={pages.busy} onClick={pages.older}>
        {admin.more}
      </Button>
    </div>
  )
}
