import { z } from 'zod'
import type { HelixError } from '../../../src/errors.ts'

/** An id of the path. @throws what `missing` makes of one that can be nobody's */
export function idOf(given: string, missing: (id: string) => HelixError): string {
  const id = z.guid().safeParse(given)
  if (!id.success) throw missing(given.slice(0, 100))
  return id.data.toLowerCase()
}
