import { z } from 'zod'

/** Text a person wrote, of `least` to `most` characters once trimmed; well-formed, and without NUL. */
export function writtenText(most: number, least = 1) {
  return z
    .string()
    .refine((text) => !text.includes('\0'), 'expected text without the character U+0000')
    .transform((text) => text.toWellFormed().trim())
    .refine(
      (text) => [...text].length >= least && [...text].length <= most,
      `expected ${least} to ${most} characters`,
    )
}

/** The same on one line. */
export function writtenLine(most: number, least = 1) {
  return writtenText(most, least).refine(
    (text) => !/\p{Cc}/u.test(text),
    'expected one line without control characters',
  )
}
