/** What a page or the desktop app is built with; each derives from the configuration. */
export const VITE_NAMES = [
  'VITE_SUPABASE_URL',
  'VITE_SUPABASE_ANON_KEY',
  'VITE_API_URL',
  'VITE_GATEWAY_URL',
] as const
export type ViteName = (typeof VITE_NAMES)[number]
