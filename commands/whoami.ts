import type { Profile } from '../src/contract/profile.ts'
import type { TokenInUse } from '../src/contract/tokens.ts'
import { safeText } from '../src/ui/safe-text.ts'
import type { Context } from './context.ts'
import { defineCommand } from './define.ts'

export default defineCommand({
  examples: [
    ['helix whoami', 'which gateway commands talk to, and as whom'],
    ['helix whoami --url https://helix.example.com', 'the same for another gateway'],
  ],
  async run(_input, context: Context) {
    const { client, url, source } = await context.gateway()
    const { token: given } = (await context.config()).client
    const tokenUnused = source === 'local' && given !== undefined
    const { mode, simulated, release } = await client.health()
    const profile = await client.http.json<Profile>('/api/profile')
    return { url, source, mode, simulated, release, tokenUnused, ...profile }
  },
  view: ({ url, source, mode, simulated, release, tokenUnused, userId, displayName, creator, token }) =>
    [
      `Gateway  ${url} (${SOURCES[source]})`,
      `Helix    ${safeText(release)}, ${mode}${simulated ? ', Claude is simulated' : ''}`,
      `You      ${safeText(displayName ?? userId)}${creator ? ', the creator' : ''}`,
      ...(token ? [`Token    ${tokenLine(token)}`] : []),
      ...(tokenUnused
        ? [`Note     HELIX_TOKEN is not used: beside it the owner needs none. With --url ${url} it is.`]
        : []),
    ].join('\n'),
})

function tokenLine({ id, name, scopes, expiresAt }: TokenInUse): string {
  return `${safeText(name)} (${safeText(id)}), may ${scopes.join(', ')}, expires ${expiresAt.slice(0, 10)}`
}

const SOURCES = {
  configured: 'named by --url or HELIX_URL',
  local: 'the local `helix up`, over its private socket',
  login: 'the last login',
}
