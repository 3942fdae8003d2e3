import { z } from 'zod'
import type { Check, CheckContext } from '../src/checks/check.ts'
import { checks } from '../src/checks/checks.ts'
import { type CheckResult, runChecks } from '../src/checks/run-checks.ts'
import { HelixError } from '../src/errors.ts'
import { safeText } from '../src/ui/safe-text.ts'
import type { Context } from './context.ts'
import { defineCommand, option } from './define.ts'

/** What a repair did, in its own words. */
interface Repair {
  id: string
  changed: string
}

export default defineCommand({
  examples: [
    ['helix doctor', 'check this machine, the configuration and the database'],
    ['helix doctor --env production', 'the same with .env.production'],
    ['helix doctor --fix --yes', 'and repair what can be repaired safely'],
    ['helix doctor --json', 'for scripts; ends with 3 when something is wrong'],
  ],
  options: { fix: option('--fix', 'repair what can be repaired safely', z.boolean().default(false)) },
  acts: ['doctor.fix.start'],
  async run({ fix }, context) {
    const look = await lookAt(context)
    const first = await runChecks(checks, look)
    const repairs = fix ? await repair(first, look, context) : []
    const results = repairs.length === 0 ? first : await runChecks(checks, await lookAt(context))
    return { checks: results, repairs }
  },
  view({ checks: results, repairs }, { colour }) {
    const marks = {
      ok: colour.green('✔'),
      skipped: colour.dim('–'),
      warning: colour.yellow('!'),
      error: colour.red('✖'),
    }
    const lines = results.flatMap(({ status, severity, title, detail, hint, fix }) => {
      const mark = marks[status === 'failed' ? severity : status]
      const said = safeText(detail).replaceAll('\n', '\n  ')
      if (status !== 'failed') return [`${mark} ${title} ${colour.dim(said)}`]
      const ways = [hint, fix && `\`helix doctor --fix\` can: ${fix}.`]
      return [
        `${mark} Not so: ${title}`,
        `  ${said}`,
        ...ways.flatMap((way) => (way ? [`  ${safeText(way)}`] : [])),
      ]
    })
    return [...repairs.map(({ changed }) => `${colour.green('repaired')} ${changed}`), ...lines].join('\n')
  },
  verdict({ checks: results }) {
    const errors = results.filter(({ status, severity }) => status === 'failed' && severity === 'error')
    if (errors.length === 0) return undefined
    return new HelixError('checks_failed', `${errors.length} of ${results.length} checks failed`, {
      hint: 'Each failed check above says what to do.',
      details: { failed: errors.map(({ id }) => id) },
    })
  },
})

async function lookAt(context: Context): Promise<CheckContext> {
  const { inspectConfig } = await import('../src/config/load.ts')
  const { cwd, environment, env, url } = context
  const { config, problems } = await inspectConfig({ cwd, environment, flags: { env, url } })
  return {
    config,
    configProblems: problems,
    database: context.existingDatabase,
    nodeVersion: process.versions.node,
    now: () => new Date(),
  }
}

async function repair(
  results: readonly CheckResult[],
  look: CheckContext,
  context: Context,
): Promise<Repair[]> {
  const wrong = new Set(results.filter(({ status }) => status === 'failed').map(({ id }) => id))
  const fixes = checks.filter(
    (check): check is Check & { fix: object } => wrong.has(check.id) && 'fix' in check,
  )
  const repairs: Repair[] = []
  for (const { id, fix } of fixes) {
    await context.consent({ act: fix.describe })
    const changed = await context.log().act('doctor.fix.start', { check: id }, () => fix.run(look))
    repairs.push({ id, changed })
  }
  return repairs
}
