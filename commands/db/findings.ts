import { checkIntegrity, type IntegrityFinding } from '../../src/db/integrity.ts'
import { codeOf } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { lookInto, placeOf } from './place.ts'

/** Counters are mended by counting again; anything else means that rows are lost, or may become so. */
const isCorruption = ({ kind }: IntegrityFinding) => kind !== 'counter'

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

/**
 * Refuses to call something over while rows are lost, unless somebody consents to that.
 * @throws HelixError `consent_required`
 */
export async function assertSound(
  findings: readonly IntegrityFinding[],
  context: Pick<Context, 'say' | 'env' | 'consent'>,
  act: string,
): Promise<void> {
  warnOf(findings, context)
  const count = findings.filter(isCorruption).length
  if (count > 0)
    await context.consent({
      act: `${act} although the database is not sound (${count === 1 ? 'one finding' : `${count} findings`})`,
    })
}
