import { useText } from '../app.ts'
import { Notice } from '../notice.tsx'

export function ResetPage() {
  const { signin } = useText()
  return <Notice title={signin.reset} body="" />
}
