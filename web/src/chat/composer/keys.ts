type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing'>

/** Whether people write here with a keyboard on the screen, where Enter begins a new line. */
export const isTouched = (): boolean => matchMedia('(pointer: coarse)').matches

/**
 * What a key means in the field of a message; undefined for one that writes. On a touch screen Enter begins a new line:
 * there is a button to send with, and no Shift to hold.
 */
export function keyMeans(
  pressed: Pressed,
  text: string,
  touch: boolean,
): 'send' | 'stop' | 'edit-last' | undefined {
  if (pressed.isComposing) return undefined
  const { key, shiftKey, ctrlKey, metaKey, altKey } = pressed
  if (key === 'Enter' && (ctrlKey || metaKey)) return 'send'
  if (key === 'Enter' && !shiftKey && !altKey && !touch) return 'send'
  if (key === 'Escape') return 'stop'
  if (key === 'ArrowUp' && text === '' && !shiftKey && !altKey) return 'edit-last'
  return undefined
}
