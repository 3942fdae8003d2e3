import { useApp } from '../app.ts'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'

/** Offers a newer release; never forces it. */
export function UpdateBanner() {
  const { text, updates } = useApp()
  const { sync } = text.value
  if (!updates.offered.value) return null
  return (
    <Banner
      action={
        <>
          <Button kind="quiet" onClick={updates.putOff}>
            {sync.later}
          </Button>
          <Button onClick={() => location.reload()}>{sync.reload}</Button>
        </>
      }
    >
      {sync.update}
    </Banner>
  )
}
