import { useText } from '../app.ts'
import { Frame } from '../frame/frame.tsx'

export function SettingsPage() {
  const { settings } = useText()
  return <Frame title={settings.title}>{null}</Frame>
}
