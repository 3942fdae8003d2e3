import { redactLines } from '../audit/redact.ts'
import { asHelixError } from '../errors.ts'
import type { Check, CheckContext, Finding } from './check.ts'

const TIMEOUT_MS = 10_000

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

/** Probes all checks at once and resolves to all results, in their order; a probe never throws through. */
export function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  { timeoutMs = TIMEOUT_MS } = {},
): Promise<CheckResult[]> {
  return Promise.all(checks.map((check) => runCheck(check, context, timeoutMs)))
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
    const { message, hint } = asHelixError(thrown)
    return { status: 'failed', detail: message, ...(hint ? { hint } : {}) }
  } finally {
    clearTimeout(timer)
  }
}
