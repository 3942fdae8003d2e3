import { useApp } from '../app.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'

interface UnsentDialogProps {
  /** How many messages have not been sent. */
  count: number
  onClose: () => void
  onConfirm: () => void
}

/** Asks before signing out deletes what was not sent. */
export function UnsentDialog({ count, onClose, onConfirm }: UnsentDialogProps) {
  const { common, sync } = useApp().text.value
  return (
    <Dialog
      title={sync.signOut.title}
      closeLabel={common.close}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="danger" onClick={onConfirm}>
            {sync.signOut.confirm}
          </Button>
        </>
      }
    >
      <p>{sync.signOut.body(count)}</p>
    </Dialog>
  )
}
