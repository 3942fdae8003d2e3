import { z } from 'zod'
import { statusRange } from '../../src/logs/filter.ts'
import { parseWhen } from '../../src/logs/when.ts'
import { option } from '../define.ts'

const when = z
  .string()
  .transform((text) => parseWhen(text, new Date()))
  .refine((at) => at !== undefined, 'how long ago (15m, 2h, 1d) or when (2026-12-01T18:00:00Z)')
const statuses = z
  .array(z.string())
  .transform((texts) => texts.flatMap((text) => text.split(',')).map(statusRange))
  .refine((ranges) => ranges.every((range) => range !== undefined), 'statuses such as 404, 5xx or 400-428')

/** Which lines are wanted, and from where. */
export const logOptions = {
  follow: option('-f, --follow', 'go on with what comes; Ctrl-C ends it', z.boolean().default(false)),
  since: option('--since <when>', 'from then on: 15m, 2h, 1d, or RFC 3339', when.optional()),
  until: option('--until <when>', 'up to then', when.optional()),
  lines: option(
    '-n, --lines <count>',
    'at most so many of what is there, the newest',
    z.coerce.number().int().min(0).max(1_000_000).optional(),
  ),
  level: option(
    '--level <level>',
    'debug, info, warn or error, and what is more serious',
    z.enum(['debug', 'info', 'warn', 'error']).optional(),
  ),
  status: option('--status <status...>', 'requests answered so: 404, 5xx, 400-428', statuses.default([])),
  user: option('--user <who>', 'requests of a person: address, user id, or pseudonym', z.string().optional()),
  request: option(
    '--request <id>',
    'the request with this X-Request-Id, or its beginning',
    z.string().optional(),
  ),
  grep: option(
    '--grep <pattern>',
    'lines that match a regular expression',
    z
      .string()
      .transform(toRegExp)
      .refine((found) => found !== undefined, 'a regular expression')
      .optional(),
  ),
  here: option('--here', 'the releases that run on this very machine', z.boolean().default(false)),
  host: option(
    '--host <user@host...>',
    'these machines, instead of those of the configuration',
    z.array(z.string().regex(/^\w[\w.-]*(@[\w.-]+)?$/, 'user@host')).default([]),
  ),
  file: option('--file <path>', 'a file of such lines', z.string().min(1).optional()),
}

function toRegExp(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'iu')
  } catch {
    return undefined
  }
}
