import { useText } from '../app.ts'
import { Frame } from '../frame/frame.tsx'

export function AdminPage() {
  const { admin } = useText()
  return <Frame title={admin.title}>{null}</Frame>
}
