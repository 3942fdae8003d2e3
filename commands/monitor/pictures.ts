import type { Picture } from '../../src/monitor/picture.ts'
import type { Pictures } from './screen.ts'

/** Keeps the newest picture; one that shows the same as the last tells nobody. */
export function createPictures(): Pictures & { put(picture: Picture): void } {
  let current: Picture | undefined
  let shown = ''
  const subscribers = new Set<() => void>()
  return {
    current: () => current,
    subscribe(onChange) {
      subscribers.add(onChange)
      return () => subscribers.delete(onChange)
    },
    put(picture) {
      const { at: _, ...facts } = picture
      const text = JSON.stringify(facts)
      if (text === shown) return
      shown = text
      current = picture
      for (const onChange of subscribers) onChange()
    },
  }
}
