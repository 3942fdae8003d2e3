import { z } from 'zod'
import { argument, defineCommand } from '../define.ts'

export default defineCommand({
  examples: [
    ['helix user invite ada@example.com', 'mail her a link that makes her account'],
    ['helix user invite ada@example.com --url https://helix.example.com', 'at that gateway, as its creator'],
  ],
  description:
    'The gateway sends the mail: the local `helix up`, or the one you are signed in to as the creator. Without an ' +
    'SMTP server, `helix user link <email>` there shows it. Asked again while they have not come, it sends another.',
  arguments: { email: argument('<email>', 'who is invited', z.email()) },
  acts: ['user.invite.start'],
  async run({ email }, context) {
    const { client, url } = await context.gateway()
    const invitation = await context
      .log('person')
      .act('user.invite.start', { gateway: url }, () => client.admin.invite(email))
    return { url, ...invitation }
  },
  view: ({ email, url }, { colour }) => `${colour.green('✔')} ${email} was sent an invitation to ${url}.`,
})
