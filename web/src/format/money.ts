const NANO = 1e9
/** From here on nobody asks for more than cents. */
const CENTS_FROM_USD = 0.1
/** The least that is shown as itself. */
const LEAST_USD = 0.0001

/**
 * Writes billionths of a US dollar: to the cent from ten cents on, to a hundredth of a cent below, since one reply costs
 * less than a cent; what is less still is shown as less than the least.
 */
export function moneyIn(locale: string): (nanoUsd: number) => string {
  const write = (digits: number) =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
    })
  const [cents, fine] = [write(2), write(4)]
  return (nanoUsd) => {
    const usd = nanoUsd / NANO
    const size = Math.abs(usd)
    if (size === 0 || size >= CENTS_FROM_USD) return cents.format(usd)
    if (size >= LEAST_USD) return fine.format(usd)
    return `${usd < 0 ? '> −' : '< '}${fine.format(LEAST_USD)}`
  }
}
