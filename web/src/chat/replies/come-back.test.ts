import { signal } from '@preact/signals'
import { expect, it, vi } from 'vitest'
import type { ConnectionState } from '../../sync/connection.ts'
import { comeBackWith } from './come-back.ts'

it('takes replies up again when the gateway is back, and only then', () => {
  const state = signal<ConnectionState>('online')
  const reconnect = vi.fn()
  comeBackWith({ state }, { reconnect })
  state.value = 'unreachable'
  state.value = { maintenance: { message: 'Moving', until: null } }
  expect(reconnect).not.toHaveBeenCalled()
  state.value = 'online'
  expect(reconnect).toHaveBeenCalledOnce()
})
