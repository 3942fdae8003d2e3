import { type Signal, signal } from '@preact/signals'

const KEY = 'helix.singleKeys'

/** Whether single keys do something, as chosen on this device. */
export function singleKeys(storage: Storage): Signal<boolean> {
  const on = signal(storage.getItem(KEY) !== 'off')
  on.subscribe((value) => {
    if (value) storage.removeItem(KEY)
    else storage.setItem(KEY, 'off')
  })
  return on
}
