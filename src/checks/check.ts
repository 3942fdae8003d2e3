import type { Config } from '../config/config.ts'
import type { Problem } from '../config/problems.ts'
import type { Database } from '../db/database.ts'

/** What a probe found; `detail` is one sentence with the values that matter, never a secret. */
export interface Finding {
  status: 'ok' | 'failed' | 'skipped'
  detail: string
  /** What to do about a failure, in one sentence. */
  hint?: string
}

/** What checks may look at. */
export interface CheckContext {
  /** The configuration in force, also when it has problems. */
  config: Config
  configProblems: readonly Problem[]
  /**
   * Opens the database as it is, making nothing; undefined when there is none yet.
   * @throws HelixError when it cannot be reached.
   */
  database(): Promise<Database | undefined>
  nodeVersion: string
  now(): Date
}

/** One thing that must be true; the doctor, the launch checklist and the monitor read the same list. */
export interface Check {
  /** Stable, kebab-case: programs refer to it. */
  id: string
  /** As a sentence that is true when all is well. */
  title: string
  severity: 'error' | 'warning'
  probe(context: CheckContext): Promise<Finding> | Finding
  /** A safe repair; `run` resolves to what it changed. */
  fix?: { describe: string; run(context: CheckContext): Promise<string> }
  /** Page of the manual, from the root of the repository. */
  doc: string
}

/** The finding of something that is as it should be. */
export const ok = (detail: string): Finding => ({ status: 'ok', detail })
/** The finding of something that does not apply here. */
export const skipped = (detail: string): Finding => ({ status: 'skipped', detail })
/** The finding of something that is wrong, and what to do about it. */
export const failed = (detail: string, hint: string): Finding => ({ status: 'failed', detail, hint })
