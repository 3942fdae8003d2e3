import { useText } from '../app.ts'
import { Notice } from '../notice.tsx'

export function SignInPage() {
  const { signin } = useText()
  return <Notice title={signin.signIn} body="" />
}
