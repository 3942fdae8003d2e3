/** What a shortcut does. */
export type Shortcut = 'search' | 'fresh' | 'write' | 'help' | 'stop' | 'next' | 'previous' | 'copy-last'

type Pressed = Pick<
  KeyboardEvent,
  'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing'
>

/**
 * What a key means anywhere on the page; undefined for one that means nothing.
 * @param writing whether it was pressed in a field of text, where single keys write
 * @param single whether single keys do something at all: speech input and shaky hands press them by chance
 */
export function shortcutOf(pressed: Pressed, writing: boolean, single: boolean): Shortcut | undefined {
  const { key, code, shiftKey, altKey, ctrlKey, metaKey, isComposing } = pressed
  if (isComposing) return undefined
  const command = ctrlKey || metaKey
  if (command && !altKey) {
    if (!shiftKey && key.toLowerCase() === 'k') return 'search'
    if (shiftKey && code === 'KeyO') return 'fresh'
    if (shiftKey && code === 'KeyY') return 'copy-last'
    if (key === '/') return 'help'
    return undefined
  }
  if (altKey && shiftKey && key === 'ArrowDown') return 'next'
  if (altKey && shiftKey && key === 'ArrowUp') return 'previous'
  if (writing || altKey || command) return undefined
  if (key === 'Escape') return 'stop'
  if (!single) return undefined
  if (key === '/') return 'write'
  return key === '?' ? 'help' : undefined
}

/** Whether somebody writes in `target`. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
}
