import { z } from 'zod'
import { ChangeMaintenance } from '../../src/contract/maintenance.ts'
import { HelixError } from '../../src/errors.ts'
import { parseUntil } from '../../src/maintenance/until.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { ask, hostsOf, notReached } from './hosts.ts'
import { placeOptions } from './options.ts'
import { linked, placeOf } from './place.ts'
import { hostLines, stateLines } from './shown.ts'

const { message, allow } = ChangeMaintenance.shape

export default defineCommand({
  examples: [
    ['helix maintenance on --message "A larger database" --until 30m', 'for half an hour; it ends by itself'],
    ['helix maintenance on --read-only', 'people read on, and change nothing'],
    ['helix maintenance on --allow 203.0.113.0/24 10.0.0.7', 'these notice nothing'],
    ['helix maintenance on --file', 'on this machine, with the database down'],
  ],
  description:
    'Every gateway holds requests back with 503 within a second; replies that are under way are finished. Prints a ' +
    'link and a header that let operators through. Given again it replaces what was set. Works on the database of ' +
    'the configuration; with --url as the creator at that gateway; where no database answers by a file. Each gateway ' +
    'is asked whether it has it: one that has not makes this exit with 1.',
  options: {
    message: option('-m, --message <text>', 'what people are told', message),
    until: option('--until <when>', 'when it ends by itself: 30m, 2h, or RFC 3339', z.string().optional()),
    allow: option('--allow <networks...>', 'addresses and networks that notice nothing', allow),
    readOnly: option('--read-only', 'let reading go on', z.boolean().default(false)),
    ...placeOptions,
  },
  acts: ['maintenance.on.start'],
  async run({ message, until, allow, readOnly, ...input }, context) {
    const ends = until === undefined ? null : parseUntil(until, new Date()).toISOString()
    const place = await placeOf(context, input)
    const change = { active: true, until: ends, readOnly, allow, ...(message ? { message } : {}) }
    const placed = await place.set(change)
    const { where, state } = placed
    if (state === null)
      throw new HelixError('request_invalid', 'It was over before it began', { hint: 'Give it longer.' })
    const hosts = await hostsOf(context, input, where)
    return { where, ...linked(state, hosts[0]), hosts: await ask(context, hosts, input, state.revision) }
  },
  verdict: ({ hosts }) => notReached(hosts),
  view({ where, hosts, ...state }, context: Context) {
    const { dim } = context.colour
    const undo = dim(`To end it: helix maintenance off${where === 'file' ? ' --file' : ''}`)
    return [...stateLines(state, context.colour), ...hostLines(hosts, context.colour), undo].join('\n')
  },
})
