import { useText } from '../app.ts'
import { Notice } from '../notice.tsx'

export function ConfirmPage() {
  const { signin } = useText()
  return <Notice title={signin.confirm} body="" />
}
