import type { Context } from '../context.ts'
import { defineCommand } from '../define.ts'
import { healthSchedule, howOption } from './schedule.ts'

export default defineCommand({
  examples: [['helix health uninstall --env production', 'look no more']],
  description: 'Removes what helix health install made for this environment.',
  options: { how: howOption },
  acts: ['health.uninstall.start'],
  async run({ how }, context) {
    const schedule = await healthSchedule(context, { hosts: [], everyMinutes: 5, how })
    const facts = { how: schedule.how }
    await context.log('journal').act('health.uninstall.start', facts, schedule.remove)
    return { how: schedule.how }
  },
  view({ how }, { colour, env }: Context) {
    const undo = `helix health install${env === undefined ? '' : ` --env ${env}`}`
    const what = how === 'cron' ? 'No line of your crontab' : 'No timer of your systemd'
    return `${colour.green('✔')} ${what} asks any more.\n${colour.dim(`To undo it: ${undo}`)}`
  },
})
