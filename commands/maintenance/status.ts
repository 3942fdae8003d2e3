import type { Context } from '../context.ts'
import { defineCommand } from '../define.ts'
import { ask, hostsOf, notReached } from './hosts.ts'
import { placeOptions } from './options.ts'
import { linked, placeOf } from './place.ts'
import { hostLines, stateLines } from './shown.ts'

export default defineCommand({
  examples: [
    ['helix maintenance status', 'whether there is maintenance, and what each gateway says'],
    ['helix maintenance status --json | jq .data.active', 'for scripts'],
  ],
  description: 'Exits with 1 where a gateway does not answer, or has something else than what is set.',
  options: placeOptions,
  async run(input, context) {
    const place = await placeOf(context, input)
    const { where, state } = await place.read()
    const hosts = await hostsOf(context, input, where)
    const asked = await ask(context, hosts, input, state?.revision ?? null)
    if (state === null) return { where, active: false, hosts: asked }
    return { where, ...linked(state, hosts[0]), hosts: asked }
  },
  verdict: ({ hosts }) => notReached(hosts),
  view(result, { colour }: Context) {
    const lines = 'revision' in result ? stateLines(result, colour) : ['No maintenance.']
    return [...lines, ...hostLines(result.hosts, colour)].join('\n')
  },
})
