import { useMemo } from 'preact/hooks'
import { encode } from 'uqr'

/** A text as a QR code, dark on light in every theme, since readers expect it so. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => pathOf(text), [text])
  return (
    <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={path} fill="#000" />
    </svg>
  )
}

/** Each dark module as a square of one. */
function pathOf(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { border: 1 })
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: squares.join('') }
}
