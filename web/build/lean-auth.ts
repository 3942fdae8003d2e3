import { join } from 'node:path'
import type { Plugin } from 'vite'

/**
 * Leaves the WebAuthn half of the sign-in library out of the bundle: its client is one class that carries all of its
 * methods, and the page offers codes as second factor, not keys.
 */
export function leanAuth(): Plugin {
  return {
    name: 'helix:lean-auth',
    enforce: 'pre',
    resolveId(source, importer) {
      const wanted = source === './lib/webauthn' && importer?.includes('/@supabase/auth-js/')
      return wanted ? join(import.meta.dirname, 'no-webauthn.ts') : undefined
    },
  }
}
