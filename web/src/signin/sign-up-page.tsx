import { useText } from '../app.ts'
import { Notice } from '../notice.tsx'

export function SignUpPage() {
  const { signin } = useText()
  return <Notice title={signin.signUp} body="" />
}
