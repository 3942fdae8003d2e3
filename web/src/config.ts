import type { PublicConfig } from '../../src/contract/health.ts'

/** Where this page finds its gateway and its sign-in. */
export interface PageConfig {
  /** Origin of the gateway. */
  apiUrl: string
  /** Origin of the sign-in: the gateway's own, or a Supabase project's. */
  signInUrl: string
  /** The public key of the sign-in. */
  anonKey: string
  /** Whether Claude is simulated here; undefined until the gateway said so. */
  simulated: boolean | undefined
}

/** What the page was built with for a host that is no gateway. */
export interface BuiltValues {
  VITE_API_URL?: string
  VITE_GATEWAY_URL?: string
  VITE_SUPABASE_URL?: string
  VITE_SUPABASE_ANON_KEY?: string
}

/**
 * Finds the gateway: the one that served this document and says so in it, else the one the page was built for,
 * else the one of this origin. A link never decides it.
 * @throws TypeError or Error when the gateway had to be asked and did not answer
 */
export async function findConfig(page: Document, built: BuiltValues, own: string): Promise<PageConfig> {
  const inDocument = page.querySelector<HTMLMetaElement>('meta[name="helix-config"]')?.content
  if (inDocument) return served(JSON.parse(inDocument) as PublicConfig, own)
  const apiUrl = built.VITE_API_URL ?? built.VITE_GATEWAY_URL
  if (!apiUrl) return served(await ask(own), own)
  const { VITE_SUPABASE_URL: signInUrl, VITE_SUPABASE_ANON_KEY: anonKey } = built
  if (signInUrl && anonKey) return { apiUrl, signInUrl, anonKey, simulated: undefined }
  const config = await ask(apiUrl)
  const builtIn = config.mode !== 'supabase'
  return { ...config, apiUrl, signInUrl: builtIn ? apiUrl : config.supabaseUrl }
}

/** The gateway that served the page is asked under the name the page was opened with, so that all is one origin. */
function served({ mode, supabaseUrl, anonKey, simulated }: PublicConfig, own: string): PageConfig {
  return { apiUrl: own, signInUrl: mode === 'supabase' ? supabaseUrl : own, anonKey, simulated }
}

async function ask(origin: string): Promise<PublicConfig> {
  const response = await fetch(`${origin}/config.json`)
  if (!response.ok) throw new Error(`${origin}/config.json answered ${response.status}`)
  return (await response.json()) as PublicConfig
}
