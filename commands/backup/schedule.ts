import { z } from 'zod'
import { localHost } from '../../src/shell/local.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { howOption } from '../health/schedule.ts'
import { openDestination, placeOption } from './place.ts'

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

export default defineCommand({
  examples: [
    ['helix backup schedule --env production', 'back up and prune each day at 03:17'],
    ['helix backup schedule --at 01:30 --dry-run', 'show what would be written'],
    ['helix backup schedule --remove', 'no more'],
  ],
  description:
    'Has a backup made each day, and what is no longer kept removed after it, by a timer of your systemd where that\n' +
    'runs, else by a line of your crontab. Run again it puts the new in place of the old.',
  options: {
    at: option('--at <time>', 'when, by the clock of this machine', z.string().regex(TIME).default('03:17')),
    to: placeOption,
    how: howOption,
    remove: option('--remove', 'take it away again', z.boolean().default(false)),
  },
  acts: ['backup.schedule.start'],
  dryRun: true,
  async run({ at, to, how, remove }, context) {
    const { MAKERS, scheduleKind, thisHelix } = await import('../../src/schedule/schedule.ts')
    const { env, root } = await context.config()
    const { name: place } = await openDestination(context, to)
    const host = localHost(context.environment)
    const schedule = MAKERS[how ?? (await scheduleKind(host))](host, {
      name: `helix-backup-${env}`,
      when: { dailyAt: at },
      words: [
        ...[...thisHelix(), 'backup', 'create', '--env', env, '--reason', 'by schedule'],
        ...['--prune', `--confirm=${place}`, ...(to === undefined ? [] : ['--to', place])],
      ],
      cwd: root,
    })
    const changed = remove || !(await schedule.isThere())
    if (changed && !context.dryRun) {
      const facts = { how: schedule.how, at, place, remove }
      const change = remove ? schedule.remove : schedule.install
      await context.log('journal').act('backup.schedule.start', facts, change)
    }
    const warning = remove || context.dryRun ? undefined : await schedule.warning()
    return {
      how: schedule.how,
      at,
      place,
      removed: remove,
      changed,
      written: schedule.shown,
      warning: warning ?? null,
    }
  },
  view({ how, at, place, removed, changed, written, warning }, { colour, dryRun, env }: Context) {
    const what = how === 'cron' ? 'line of your crontab' : 'timer of your systemd'
    const again = `helix backup schedule${env === undefined ? '' : ` --env ${env}`}`
    if (removed) return `${dryRun ? '· Would remove the' : `${colour.green('✔')} Removed the`} ${what}.`
    const state = dryRun ? '·' : colour.green(changed ? '+' : '✔')
    return [
      `${state} a ${what}: each day at ${at}, to ${place}${changed ? '' : ', as it was'}`,
      ...written.split('\n').map((line) => colour.dim(`    ${line}`.trimEnd())),
      ...(warning === null ? [] : [colour.yellow(`! ${warning}`)]),
      ...(dryRun ? [] : [colour.dim(`To undo it: ${again} --remove`)]),
    ].join('\n')
  },
})
