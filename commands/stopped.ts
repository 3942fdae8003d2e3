import { codeOf, HelixError } from '../src/errors.ts'
import type { Context } from './context.ts'

/** What somebody who stopped a command needs to know: how things are now, and what can be done next. */
interface Left {
  message: string
  hint: string
  /** The command line that does it, without `helix`. */
  next: readonly string[]
}

/**
 * What comes of the work; where somebody stopped it, its failure says how things were left.
 * @throws HelixError what the work throws
 */
export async function tellingWhatIsLeft<T>(
  work: Promise<T>,
  { env }: Pick<Context, 'env'>,
  left: () => Left,
): Promise<T> {
  return work.catch((cause) => {
    if (codeOf(cause) !== 'stopped') throw cause
    const { message, hint, next } = left()
    const command = ['helix', ...next, ...(env === undefined ? [] : ['--env', env])].join(' ')
    throw new HelixError('stopped', message, { hint, next: [command], cause })
  })
}
