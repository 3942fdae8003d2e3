import { useText } from './app.ts'
import { Notice } from './notice.tsx'
import { Button } from './ui/button.tsx'

/** In place of a part of the page that did not load. */
export function Outdated() {
  const { outdated, reload } = useText().common
  return (
    <Notice title={outdated.title} body={outdated.body}>
      <Button kind="primary" icon="refresh" onClick={() => location.reload()}>
        {reload}
      </Button>
    </Notice>
  )
}
