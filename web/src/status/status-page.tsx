import { useText } from '../app.ts'
import { Notice } from '../notice.tsx'

export function StatusPage() {
  const { status } = useText()
  return <Notice title={status.title} body="" />
}
