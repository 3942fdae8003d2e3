import type { Deployed } from '../../src/release/bring.ts'
import { type Differences, tellDifferences } from '../../src/release/differences.ts'
import type { StepWatcher } from '../../src/release/run.ts'
import type { Context } from '../context.ts'
import type { Brought } from './run.ts'

/** A plan, step by step, with the commands as they would run. */
export function showPlan({ release, previous, changes }: Deployed, { colour }: Context): string {
  return [
    `Would bring ${colour.bold(release)}${previous === null ? '' : `, in place of ${previous}`}.`,
    ...showChanges(changes, colour),
  ].join('\n')
}

function showChanges(changes: Deployed['changes'], colour: Context['colour']): string[] {
  const lines = ['First: lock every machine, so that nobody else deploys.']
  let step = ''
  for (const change of changes) {
    if (change.step !== step) lines.push('', colour.bold(change.step))
    step = change.step
    lines.push(`  ${change.where}: ${change.what}`)
    if (change.command) lines.push(...change.command.split('\n').map((line) => colour.dim(`    ${line}`)))
  }
  return lines
}

/** What came of going back, or what would differ and be done. */
export function showBack(
  { differences, planned, ...back }: Deployed & { differences: Differences | null; planned: boolean },
  context: Context,
): string {
  if (!planned) return showDeploy({ ...back, undone: false }, context)
  const { release, previous, changes } = back
  return [
    `Would go back to ${context.colour.bold(release)}${previous === null ? '' : `, from ${previous}`}.`,
    ...(differences ? tellDifferences(differences) : []).map((line) => `  ${line}`),
    ...showChanges(changes, context.colour),
  ].join('\n')
}

/** What came of a deploy, and how to undo it. */
export function showDeploy(
  { release, previous, undone }: Deployed & { undone: boolean },
  { colour }: Context,
): string {
  if (undone) return `${colour.green('✔')} ${release} was undone.`
  const undo =
    previous === null ? 'There is nothing before it to go back to.' : `To undo: helix rollback ${previous}`
  return `${colour.green('✔')} ${release} serves.\n${colour.dim(undo)}`
}

/** A plan, or what came of a deploy. */
export function showBrought(result: Brought, context: Context): string {
  return result.planned ? showPlan(result, context) : showDeploy(result, context)
}

/** Says each step as it begins and ends, in one line. */
export function stepTeller({ note }: Context): StepWatcher {
  return (step, event, text) => note(`${step}: ${event}${text ? ` (${text.split('\n')[0]})` : ''}`)
}
