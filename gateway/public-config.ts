import type { Config } from '../src/config/config.ts'
import type { PublicConfig } from '../src/contract/health.ts'
import type { Services } from './services.ts'

/** What `/config.json` tells anyone: where to sign in, and with which public key. */
export function publicConfig(config: Config, { signin }: Services, url: string): PublicConfig {
  const { mode, simulated } = config
  const apiUrl = config.domains.api ? `https://${config.domains.api}` : url
  if (!signin)
    return {
      supabaseUrl: config.supabase.url ?? '',
      anonKey: config.supabase.anonKey ?? '',
      apiUrl,
      mode,
      simulated,
    }
  return { supabaseUrl: apiUrl, anonKey: signin.keys.anonKey, apiUrl, mode, simulated }
}
