import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from '../../../src/client/client.ts'

export type ConnectionState =
  | 'online'
  | 'offline'
  | 'unreachable'
  | { maintenance: { message: string; until: string | null } }

/** Whether the gateway can be reached, as far as this page knows. */
export interface Connection {
  state: ReadonlySignal<ConnectionState>
}

/** Makes the connection of one page. */
export function createConnection(_deps: { client: Client }): Connection {
  return { state: signal<ConnectionState>('online') }
}
