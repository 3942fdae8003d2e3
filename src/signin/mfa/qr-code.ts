import { encode } from 'uqr'

const BORDER = 4

/** A QR code as SVG text. It has no `#`, because clients put it into a `data:` address without escaping it. */
export function qrCode(text: string): string {
  const { data, size } = encode(text, { ecc: 'M', border: BORDER })
  const dark = data.flatMap((row, y) => row.flatMap((set, x) => (set ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size * 4}" height="${size * 4}" viewBox="0 0 ${size} ${size}">` +
    `<path fill="white" d="M0 0h${size}v${size}h-${size}z"/><path fill="black" d="${dark.join('')}"/></svg>`
  )
}
