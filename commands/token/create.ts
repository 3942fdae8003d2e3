import { z } from 'zod'
import { TOKEN_LIFE, TokenScope } from '../../src/contract/tokens.ts'
import { defineCommand, option } from '../define.ts'
import { life } from './life.ts'

/** `--scope read chat`, `--scope read,chat` and `--scope read --scope chat` are the same. */
const scopes = z
  .array(z.string())
  .transform((given) => given.flatMap((words) => words.split(',')).filter((word) => word !== ''))
  .pipe(z.array(TokenScope).min(1, `expected one of ${TokenScope.options.join(', ')}`))
  .default(['read', 'chat'])

export default defineCommand({
  examples: [
    ['helix token create --name ci', 'a token that may read and chat, for 90 days'],
    ['helix token create --name report --scope read --expires 30d', 'one that may only read, for 30 days'],
    ['HELIX_TOKEN=$(helix token create --name ask) helix ask "Hello"', 'for other commands'],
    ['curl -H "Authorization: Bearer $HELIX_TOKEN" …/api/conversations', 'for curl'],
  ],
  description:
    'Prints the token on stdout, once: it is kept nowhere, so store it where secrets go. Scopes: `read` (conversations, replies, usage), `chat` (send, stop, rename, delete conversations), `account` (profile, export). No token may manage tokens or delete the account.',
  options: {
    name: option('--name <name>', 'what you will know it by', z.string().trim().min(1).max(100)),
    scopes: option('--scope <scopes...>', 'what it may do (read, chat)', scopes),
    expiresIn: option(
      '--expires <time>',
      'how long it works: 1h to 1y (90d)',
      life
        .refine(
          (seconds) => seconds >= TOKEN_LIFE.shortest && seconds <= TOKEN_LIFE.longest,
          'expected 1h to 1y',
        )
        .default(TOKEN_LIFE.usual),
    ),
  },
  acts: ['token.create.start'],
  async run({ name, scopes: wanted, expiresIn }, context) {
    const { client, url } = await context.gateway()
    const created = await context.log('person').act(
      'token.create.start',
      { gateway: url, scopes: wanted, expiresIn },
      () => client.tokens.create({ name, scopes: wanted, expiresIn }),
      ({ id }) => ({ token: id }),
    )
    context.say(
      `Made the token ${created.id} for ${url}: may ${created.scopes.join(', ')}, until ${created.expiresAt}.`,
    )
    context.say(`Undo with: helix token revoke ${created.id}`)
    return { url, ...created }
  },
  view: ({ token }) => token,
})
