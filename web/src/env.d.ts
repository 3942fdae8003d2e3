interface ImportMetaEnv {
  readonly VITE_API_URL?: string
  readonly VITE_GATEWAY_URL?: string
  readonly VITE_SUPABASE_URL?: string
  readonly VITE_SUPABASE_ANON_KEY?: string
  /** Of the status page by itself: where Helix is opened. */
  readonly HELIX_HOME?: string
}
