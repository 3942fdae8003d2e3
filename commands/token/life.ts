import { z } from 'zod'

const SECONDS = { h: 3600, d: 86_400, w: 7 * 86_400, y: 365 * 86_400 }

/** How long something is to work, as one types it (`12h`, `90d`, `6w`, `1y`), in seconds. */
export const life = z
  .string()
  .regex(/^\d{1,4}[hdwy]$/, 'expected a number and h, d, w or y, as in 90d')
  .transform((typed) => Number(typed.slice(0, -1)) * SECONDS[typed.slice(-1) as keyof typeof SECONDS])
