/** One kind of secret as it looks inside a text. */
export interface RedactionRule {
  /** Stands in the placeholder: `[REDACTED:<kind>]`; empty for what only its name gives away: `[REDACTED]`. */
  kind: string
  /** What it finds, for the manual. */
  finds: string
  /** Lower-case pieces of which one must occur before the pattern is worth running; `0` stands for any digit. */
  triggers: readonly string[]
  /**
   * Global. Its first group, where it has one, stays. Every quantifier that may run on is bounded, or by what it
   * excludes, so that time stays linear; nothing but a private key reaches over the end of a line.
   */
  pattern: RegExp
  /** Where the secret at `start` of `text` really ends; `start` when it is none. Default: where the match ends. */
  endOf?: (text: string, start: number, end: number) => number
}

/** An `endOf` that takes the match as it is, or not at all. */
export function only(isSecret: (secret: string) => boolean): NonNullable<RedactionRule['endOf']> {
  return (text, start, end) => (isSecret(text.slice(start, end)) ? end : start)
}

/** Whether a part of the text is letters and digits mixed as chance mixes them, which words are not. */
export function looksRandom(text: string): boolean {
  return text.split(/[^A-Za-z0-9]+/).some((part) => isMixed(part))
}

function isMixed(part: string): boolean {
  if (part.length < 8 || !/\d/.test(part) || !/[A-Za-z]/.test(part)) return false
  return part.length >= 16 || (/[a-z]/.test(part) && /[A-Z]/.test(part))
}

/** A path through a program's names, as `process.env.TOKEN` and `user?.password`. */
export const PATH = /^[a-z_$][\w$]*(?:(?:\?|!)?\.[a-z_$][\w$]*)+!?$/i
