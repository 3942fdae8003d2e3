import { Hono } from 'hono'
import { SignInError } from '../../../src/signin/failure.ts'

/** Ways of signing in that Helix does not have, refused as GoTrue refuses those that are switched off. */
export function notOfferedRoutes() {
  return new Hono()
    .get('/authorize', () => {
      throw new SignInError('validation_failed', 'Unsupported provider: provider is not enabled')
    })
    .post('/sso', () => {
      throw new SignInError('saml_provider_disabled', 'SAML 2.0 is disabled')
    })
}
