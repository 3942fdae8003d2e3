const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** Says how far a moment is from now, in the largest unit it fills; within a minute it is now. */
export function agoIn(locale: string): (at: Date | string, now?: Date) => string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  return (at, now = new Date()) => {
    const seconds = (new Date(at).getTime() - now.getTime()) / 1000
    const step = STEPS.find(([, length]) => Math.abs(seconds) >= length)
    return step ? format.format(Math.trunc(seconds / step[1]), step[0]) : format.format(0, 'second')
  }
}
