import { useApp } from '../app.ts'
import { StatusView } from './status-view.tsx'

/** The status page where the gateway, or the host of the page, serves it. */
export function StatusPage() {
  const { client } = useApp()
  return <StatusView ask={client.status} home="/" />
}
