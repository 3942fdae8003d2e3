import { z } from 'zod'
import { argument, defineCommand } from '../define.ts'

export default defineCommand({
  examples: [
    ['helix token revoke k3JqX0aB9mZ1', 'no gateway takes it any more, within 5 seconds'],
    ['helix token list', 'shows the ids'],
  ],
  description:
    'Takes the id as the list shows it, also as the token begins (`hlx_…`). It cannot be taken back.',
  arguments: { id: argument('<id>', 'the token to revoke', z.string().min(1)) },
  acts: ['token.revoke.start'],
  async run({ id: given }, context) {
    const { client, url } = await context.gateway()
    // Only the id leaves this machine, also where the whole token was pasted.
    const id = /^hlx_([0-9A-Za-z]+)/.exec(given)?.[1] ?? given
    await context
      .log('person')
      .act('token.revoke.start', { gateway: url, token: id }, () => client.tokens.revoke(id))
    return { url, id, state: 'revoked' as const }
  },
  view: ({ id }) =>
    `Revoked the token ${id}. It cannot be taken back; make another with: helix token create --name <name>`,
})
