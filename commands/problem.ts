import type { z } from 'zod'

/** What is wrong with one option or argument, in one line. */
export function problemOf(label: string, { issues }: z.ZodError, value: unknown): string {
  if (value === undefined) return `${label} is required`
  const messages = new Set(issues.map(({ message }) => message))
  return `${label}: ${[...messages].join('; ')}, got ${JSON.stringify(value)}`
}

/** What a schema expected, as a person would say it, where the schema has no words of its own. */
export function plainly(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_value':
      return `expected ${alternatives(issue.values.map(String))}`
    case 'invalid_type':
      return EXPECTED[issue.expected]
    case 'too_small':
      return `expected ${amount(Number(issue.minimum), issue.origin)} or more`
    case 'too_big':
      return `expected ${amount(Number(issue.maximum), issue.origin)} or less`
    default:
      return undefined
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'expected a text',
  number: 'expected a number',
  int: 'expected a whole number',
  boolean: 'expected no value',
}

function amount(count: number, origin: string): string {
  if (origin === 'string') return count === 1 ? 'one character' : `${count} characters`
  if (origin === 'array') return count === 1 ? 'one value' : `${count} values`
  return String(count)
}

function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}
