import { type ReadonlySignal, signal } from '@preact/signals'

/** This near to an end counts as being there, in px. */
const AT_END = 48
/** So many screens before an end more is read. */
const AHEAD = 2

/** Where a reader is in a long list that grows at both ends. */
export interface ScrollKeeper {
  /** Whether what comes next is to stay in view. */
  readonly following: ReadonlySignal<boolean>
  /** Takes up the element that scrolls and the one within that grows. Answers how to let go. */
  hold(scroller: HTMLElement, content: HTMLElement): () => void
  /** Call before the list changes: remembers what the reader looks at. */
  remember(): void
  /** Call once it has changed: that is where it was. */
  restore(): void
  toEnd(smooth?: boolean): void
  /** Brings an element into the middle and stays there while what surrounds it takes its size. */
  toElement(element: HTMLElement): void
}

interface Ends {
  /** Called when the reader comes near the end of what is loaded. */
  onNear: (end: 'older' | 'newer') => void
  /** Whether the list ends where what is loaded ends. */
  isComplete: () => boolean
}

/** Makes the keeper of one list. */
export function keepScroll({ onNear, isComplete }: Ends): ScrollKeeper {
  const following = signal(true)
  let scroller: HTMLElement | undefined
  let content: HTMLElement | undefined
  let anchor: { element: Element; top: number } | undefined
  let seeking = 0

  const left = () => (scroller ? scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight : 0)

  function look(): void {
    if (!scroller) return
    following.value = left() < AT_END && isComplete()
    const ahead = scroller.clientHeight * AHEAD
    if (scroller.scrollTop < ahead) onNear('older')
    if (left() < ahead) onNear('newer')
  }

  function pin(): void {
    if (scroller && following.peek()) scroller.scrollTop = scroller.scrollHeight
  }

  return {
    following,
    hold(outer, inner) {
      scroller = outer
      content = inner
      // After layout and before painting: what has just come is seen in its place at once.
      const sizes = new ResizeObserver(pin)
      sizes.observe(inner)
      sizes.observe(outer)
      const stopSeeking = () => {
        seeking += 1
      }
      outer.addEventListener('scroll', look, { passive: true })
      for (const name of ['wheel', 'touchstart', 'keydown', 'pointerdown']) {
        outer.addEventListener(name, stopSeeking, { passive: true })
      }
      pin()
      return () => {
        sizes.disconnect()
        outer.removeEventListener('scroll', look)
        scroller = undefined
      }
    },
    remember() {
      anchor = undefined
      if (!scroller || !content || following.peek()) return
      const top = scroller.getBoundingClientRect().top
      // A row, which stays with its message: what stands before the first one is always before the first one.
      const element = firstBelow([...content.querySelectorAll(':scope > article')], top)
      if (element) anchor = { element, top: element.getBoundingClientRect().top }
    },
    restore() {
      if (!scroller || !anchor) return pin()
      const moved = anchor.element.isConnected ? anchor.element.getBoundingClientRect().top - anchor.top : 0
      if (moved !== 0) scroller.scrollTop += moved
      anchor = undefined
      // Where that was little, more is read without waiting for the reader to move.
      requestAnimationFrame(look)
    },
    toEnd(smooth = false) {
      seeking += 1
      following.value = true
      scroller?.scrollTo({ top: scroller.scrollHeight, behavior: smooth ? 'smooth' : 'instant' })
    },
    toElement(element) {
      following.value = false
      seeking += 1
      const mine = seeking
      let frames = 0
      const step = () => {
        if (mine !== seeking || !element.isConnected) return
        element.scrollIntoView({ block: 'center' })
        frames += 1
        // Where nothing had to move, no scrolling tells where the reader is.
        if (frames < 12) requestAnimationFrame(step)
        else look()
      }
      step()
    },
  }
}

/** The first of elements that follow each other downwards whose end is below `top`. */
function firstBelow(elements: readonly Element[], top: number): Element | undefined {
  let [low, high] = [0, elements.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const element = elements[middle]
    if (element && element.getBoundingClientRect().bottom <= top) low = middle + 1
    else high = middle
  }
  return elements[low]
}
