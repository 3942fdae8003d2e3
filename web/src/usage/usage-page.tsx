import { useText } from '../app.ts'
import { Frame } from '../frame/frame.tsx'

export function UsagePage() {
  const { usage } = useText()
  return <Frame title={usage.title}>{null}</Frame>
}
