import { useText } from '../app.ts'
import { Notice } from '../notice.tsx'

export function ForgotPage() {
  const { signin } = useText()
  return <Notice title={signin.forgot} body="" />
}
