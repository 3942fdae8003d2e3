import type { AccessToken } from '../../src/contract/tokens.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import { defineCommand } from '../define.ts'

export default defineCommand({
  examples: [['helix token list', 'your access tokens, newest first']],
  async run(_input, context) {
    const { client, url } = await context.gateway()
    return { url, tokens: await client.tokens.list() }
  },
  view: ({ tokens }, { colour }) =>
    tokens
      .map((token) => {
        const line = `${token.id}  ${safeText(token.name)}  ${token.scopes.join(', ')}`
        return `${isOver(token) ? colour.dim(line) : line}  ${colour.dim(timesOf(token))}`
      })
      .join('\n') || 'No access tokens. Make one with: helix token create --name <name>',
})

function timesOf(token: AccessToken): string {
  const used = token.lastUsedAt === null ? 'never used' : `last used ${minute(token.lastUsedAt)}`
  return `${isOver(token) ? 'expired' : 'expires'} ${minute(token.expiresAt)}, ${used}`
}

function isOver({ expiresAt }: AccessToken): boolean {
  return Date.parse(expiresAt) <= Date.now()
}

function minute(at: string): string {
  return at.slice(0, 16).replace('T', ' ')
}
