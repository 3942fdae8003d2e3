import type { Context } from '../context.ts'
import { defineCommand } from '../define.ts'
import { ask, hostsOf, notReached } from './hosts.ts'
import { placeOptions } from './options.ts'
import { placeOf } from './place.ts'
import { hostLines } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix maintenance off', 'let everybody in again, and see that it is so'],
    ['helix maintenance off --file', 'on this machine, with the database down'],
    ['helix maintenance off --host http://10.0.0.5:3000 http://10.0.0.6:3000', 'ask these two by themselves'],
  ],
  description:
    'Ends maintenance on every gateway within a second, and asks each whether it has. Who was waiting goes on.',
  options: placeOptions,
  acts: ['maintenance.off.start'],
  async run(input, context) {
    const place = await placeOf(context, input)
    const { where, changed } = await place.set({ active: false, until: null, readOnly: false, allow: [] })
    const hosts = await hostsOf(context, input, where)
    return { where, active: false, changed, hosts: await ask(context, hosts, input, null) }
  },
  verdict: ({ hosts }) => notReached(hosts),
  view({ changed, hosts }, { colour }: Context) {
    const what = changed ? `${colour.green('✔')} Maintenance is over.` : 'There was no maintenance.'
    const undo = changed ? [colour.dim('To begin it again: helix maintenance on')] : []
    return [what, ...hostLines(hosts, colour), ...undo].join('\n')
  },
})
