// Everything a terminal may take as a command: C0 but tab and newline, DEL, C1, and the bidirectional overrides.
// Written as code points, so that no control character stands in the source.
const CONTROL = new RegExp(
  `[${[
    [0x00, 0x08],
    [0x0b, 0x1f],
    [0x7f, 0x9f],
    [0x202a, 0x202e],
    [0x2066, 0x2069],
  ]
    .map((range) => range.map((point) => `\\u${point.toString(16).padStart(4, '0')}`).join('-'))
    .join('')}]`,
  'g',
)

/** Makes text of unknown origin safe to print: no control character, so no escape sequence, survives. */
export function safeText(text: string): string {
  return text.replace(CONTROL, '')
}
