import { Hono } from 'hono'
import type { Accounts } from '../../../src/signin/accounts.ts'
import type { SignInRouteDeps } from './deps.ts'

/** What anyone may know of the sign-in here. */
export function publicRoutes({ accounts, keys, release }: SignInRouteDeps) {
  return new Hono()
    .get('/settings', (c) => c.json(settings(accounts)))
    .get('/health', (c) => c.json({ name: 'Helix', version: release, description: 'Sign-in of Helix' }))
    .get('/.well-known/jwks.json', (c) => {
      c.header('Cache-Control', 'public, max-age=600')
      return c.json(keys.jwks)
    })
}

/** GoTrue's list; none of these is offered. */
const PROVIDERS = [
  ...['apple', 'azure', 'bitbucket', 'discord', 'facebook', 'figma', 'fly', 'github', 'gitlab', 'google'],
  ...[
    'kakao',
    'keycloak',
    'linkedin',
    'linkedin_oidc',
    'notion',
    'slack',
    'slack_oidc',
    'snapchat',
    'spotify',
  ],
  ...['twitch', 'twitter', 'workos', 'x', 'zoom'],
]

function settings({ autoConfirm, anonymous }: Accounts) {
  return {
    external: {
      ...Object.fromEntries(PROVIDERS.map((name) => [name, false])),
      email: true,
      phone: false,
      anonymous_users: anonymous,
    },
    disable_signup: false,
    mailer_autoconfirm: autoConfirm,
    phone_autoconfirm: false,
    sms_provider: '',
    saml_enabled: false,
  }
}
