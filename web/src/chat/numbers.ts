const NANO = 1_000_000_000
/** Below this a cost needs more digits than money usually has. */
const SMALL_USD = 0.1

/** A cost in US dollars, as exactly as it is worth reading. */
export function costText(nanoUsd: number, language: string): string {
  const usd = nanoUsd / NANO
  const digits = usd === 0 || usd >= SMALL_USD ? 2 : 4
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(usd)
}

/** A number of tokens: 950, 1.2K, 12K. */
export function countText(count: number, language: string): string {
  return new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(count)
}

/** A share as a percentage. */
export function shareText(share: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(share)
}
