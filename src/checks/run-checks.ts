import { redactLines } from '../audit/redact.ts'
import { asHelixError } from '../errors.ts'
import { type Check, type CheckContext, type Finding, skipped } from './check.ts'

const TIMEOUT_MS = 10_000
const UNCONFIGURED = 'Could not be looked at until the configuration is corrected'

/** A check and what its probe found. */
export interface CheckResult extends Finding {
  id: string
  title: string
  severity: Check['severity']
  /** What a repair would do, where there is one. */
  fix: string | undefined
  doc: string
  durationMs: number
}

/**
 * Probes all checks at once and resolves to all results, in their order; a probe never throws through. What already
 * failed as an error is told once: a later check that failed of the same could not look.
 */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  { timeoutMs = TIMEOUT_MS } = {},
): Promise<CheckResult[]> {
  const results = await Promise.all(checks.map((check) => runCheck(check, context, timeoutMs)))
  return results.map((result, place) => {
    const cause = results
      .slice(0, place)
      .find(
        ({ status, severity, detail }) =>
          status === 'failed' && severity === 'error' && detail === result.detail,
      )
    if (result.status !== 'failed' || !cause) return result
    const { hint: _, ...rest } = result
    return { ...rest, status: 'skipped', detail: `Could not be looked at; see “${cause.title}”` }
  })
}

async function runCheck(check: Check, context: CheckContext, timeoutMs: number): Promise<CheckResult> {
  const { id, title, severity, fix, doc } = check
  const before = performance.now()
  const finding = await probe(check, context, timeoutMs)
  const durationMs = Math.round(performance.now() - before)
  return { id, title, severity, fix: fix?.describe, doc, ...shown(finding), durationMs }
}

// What a probe tells may quote what another program answered.
function shown({ status, detail, hint }: Finding): Finding {
  return { status, detail: redactLines(detail), ...(hint === undefined ? {} : { hint: redactLines(hint) }) }
}

async function probe(check: Check, context: CheckContext, timeoutMs: number): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Finding>((resolve) => {
    const detail = `No answer within ${timeoutMs / 1000} s`
    timer = setTimeout(
      () => resolve({ status: 'failed', detail, hint: 'Run `helix doctor` again.' }),
      timeoutMs,
    )
  })
  try {
    return await Promise.race([Promise.resolve().then(() => check.probe(context)), late])
  } catch (thrown) {
    const { code, message, hint } = asHelixError(thrown)
    if (code === 'config_invalid' && context.configProblems.length > 0) return skipped(UNCONFIGURED)
    return { status: 'failed', detail: message, ...(hint ? { hint } : {}) }
  } finally {
    clearTimeout(timer)
  }
}
