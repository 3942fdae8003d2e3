import { agoIn } from './ago.ts'
import { bytesIn } from './bytes.ts'
import { durationIn } from './duration.ts'
import { moneyIn } from './money.ts'

/** Numbers, money and times as one language writes them. */
export interface Format {
  /** `12,345` */
  count(value: number): string
  /** `12.3K`, where there is little room. */
  compact(value: number): string
  /** From 0..1: `99.95%`; never rounded up to a whole that it is not. */
  percent(ratio: number): string
  /** Billionths of a US dollar, as exact as the amount is small: `$12.40`, `$0.0031`. */
  money(nanoUsd: number): string
  /** `340 ms`, `1.2 s`, `3 min 4 s`, `2 days 5 hr` */
  duration(ms: number): string
  /** `12.4 MB`, in steps of 1000. */
  bytes(value: number): string
  /** `25 Nov 2026`: a day of the calendar, as `2026-11-25`, whatever the time zone. */
  day(date: string): string
  /** `Nov 25`, where the year is plain. */
  shortDay(date: string): string
  /** Day and time in the time zone of the reader. */
  moment(at: Date | string): string
  /** The time alone. */
  time(at: Date | string): string
  /** The time with its seconds, for what changes while one looks. */
  clock(at: Date): string
  /** `5 minutes ago`, `in 2 hours` */
  ago(at: Date | string, now?: Date): string
}

/** Makes the format of one language, given as its BCP 47 tag. */
export function createFormat(locale: string): Format {
  const number = (options: Intl.NumberFormatOptions = {}) => new Intl.NumberFormat(locale, options)
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options)
  const [whole, short] = [number(), number({ notation: 'compact', maximumFractionDigits: 1 })]
  const percent = number({ style: 'percent', maximumFractionDigits: 2, roundingMode: 'trunc' } as object)
  const day = date({ dateStyle: 'medium', timeZone: 'UTC' })
  const shortDay = date({ month: 'short', day: 'numeric', timeZone: 'UTC' })
  const moment = date({ dateStyle: 'medium', timeStyle: 'short' })
  const time = date({ timeStyle: 'short' })
  const clock = date({ timeStyle: 'medium' })
  return {
    count: (value) => whole.format(value),
    compact: (value) => short.format(value),
    percent: (ratio) => percent.format(ratio),
    money: moneyIn(locale),
    duration: durationIn(locale),
    bytes: bytesIn(locale),
    day: (given) => day.format(new Date(given)),
    shortDay: (given) => shortDay.format(new Date(given)),
    moment: (at) => moment.format(new Date(at)),
    time: (at) => time.format(new Date(at)),
    clock: (at) => clock.format(at),
    ago: agoIn(locale),
  }
}
