import { checkIntegrity, type IntegrityFinding } from '../../src/db/integrity.ts'
import { codeOf } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { lookInto, placeOf } from './place.ts'

/** Says what does not fit together in the database of the command line, as `helix db check` finds it. */
export function warnOf(
  findings: readonly IntegrityFinding[],
  { say, env }: Pick<Context, 'say' | 'env'>,
): void {
  if (findings.length === 0) return
  const first = findings.slice(0, 3).map(({ kind, where, message }) => `  ${kind}  ${where}: ${message}`)
  const command = `helix db check${env === undefined ? '' : ` --env ${env}`}`
  say(
    [
      findings.length === 1
        ? '! One thing in the database does not fit:'
        : `! ${findings.length} things in the database do not fit together:`,
      ...first,
      `  All of them: ${command}`,
    ].join('\n'),
  )
}

/** Looks and warns; where the database cannot be seen from here that is said, and nothing fails by it. */
export async function warnOfFindings(context: Context): Promise<void> {
  try {
    warnOf((await lookInto(await placeOf(context), checkIntegrity)) ?? [], context)
  } catch (thrown) {
    context.note(
      `Whether everything in the database fits together could not be seen from here (${codeOf(thrown)})`,
    )
  }
}
