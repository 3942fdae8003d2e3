const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^sb_secret_/, 'a secret key of Supabase'],
  [/^sbp_/, 'an access token of Supabase'],
  [/^sk-ant-/, 'a key of the Claude API'],
  [/^hlx_[0-9A-Za-z]{12}_/, 'an access token of Helix'],
  [/^[a-z]+:\/\/[^/@\s]*:[^/@\s]+@/i, 'a URL with a password'],
  [/^https?:\/\/[^/]*discord[^/]*\/api\/(v\d+\/)?webhooks\/\d/i, 'a Discord webhook'],
]

/** What kind of secret a value is by its looks; undefined when it does not look like one. */
export function secretShape(value: string): string | undefined {
  if (jwtRole(value) === 'service_role') return 'a service-role key of Supabase'
  return SHAPES.find(([pattern]) => pattern.test(value))?.[1]
}

/** The `role` claim of a JWT, unverified; undefined when it is none. */
export function jwtRole(value: string): string | undefined {
  const [, payload, signature] = value.split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    const role: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())?.role
    return typeof role === 'string' ? role : undefined
  } catch {
    return undefined
  }
}
