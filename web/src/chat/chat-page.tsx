import { useText } from '../app.ts'
import { Frame } from '../frame/frame.tsx'

export function ChatPage() {
  const { chat } = useText()
  return <Frame title={chat.title}>{null}</Frame>
}
