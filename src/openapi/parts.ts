/** Schemas and headers the document has beside those of the contract. */
export const SIGN_IN_FAILURE = {
  type: 'object',
  description:
    'A failure in GoTrue’s form; with `X-Supabase-Api-Version: 2024-01-01` or later it is `{code, message}`.',
  required: ['code', 'error_code', 'msg'],
  properties: {
    code: { type: 'integer', description: 'The HTTP status.' },
    error_code: { type: 'string', description: 'What to switch on; also in `X-SB-Error-Code`.' },
    msg: { type: 'string' },
  },
}

const text = (description: string, example: string) => ({ description, schema: { type: 'string' }, example })

export const HEADERS = {
  'X-Request-Id': text(
    'The id of this request, also in the log of the gateway.',
    '0b6c0a9e-4a5e-4c4c-8a55-0f8a3bb1b8d2',
  ),
  'WWW-Authenticate': text('What kind of token is wanted (RFC 6750).', 'Bearer realm="helix"'),
  'Retry-After': {
    description: 'Seconds until it is worth asking again.',
    schema: { type: 'integer' },
    example: 2,
  },
  RateLimit: text(
    'What is left of each limit, and when it is whole again (IETF httpapi draft).',
    '"turns";r=59;t=60',
  ),
  'RateLimit-Policy': text('The limits that count here, as points and seconds.', '"turns";q=60;w=60'),
}

export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An access token of a sign-in, or a personal access token with the scope named. `helix login --print-token` prints the one, `helix token create` the other.',
  },
  service: {
    type: 'http',
    scheme: 'bearer',
    description: 'The service key: `helix keys show service` prints it.',
  },
  metrics: { type: 'http', scheme: 'bearer', description: 'The token in `HELIX_METRICS_TOKEN`.' },
}
