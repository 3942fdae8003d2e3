import { styleText } from 'node:util'

const STYLES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const

/** Paints text for one output; every function returns its text unchanged where colour is off. */
export type Colour = Record<(typeof STYLES)[number], (text: string) => string>

/** Makes the painter of an output that shows colour (`enabled`) or does not. */
export function createColour(enabled: boolean): Colour {
  const paint = (style: (typeof STYLES)[number]) => (text: string) =>
    enabled ? styleText(style, text, { validateStream: false }) : text
  return Object.fromEntries(STYLES.map((style) => [style, paint(style)])) as Colour
}

/** Whether an output should be coloured, by the usual conventions: NO_COLOR, FORCE_COLOR, TERM=dumb, a terminal. */
export function wantsColour(isTerminal: boolean, environment: Record<string, string | undefined>): boolean {
  if (environment.NO_COLOR) return false
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0'
  return isTerminal && environment.TERM !== 'dumb'
}
