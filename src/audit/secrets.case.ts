/** One kind of secret: what it looks like, and what looks nearly like it. */
export interface SecretKind {
  /** The kind the placeholder names; empty for `[REDACTED]`. */
  kind: string
  name: string
  /** A text with the secret in it. */
  text: string
  /** The part of the text that must not be seen. */
  secret: string
  /** What only its name gives away is not found where base64 took the name's place. */
  near: readonly string[]
}

/** Letters and digits as chance mixes them; the same for the same seed. */
export function noise(
  length: number,
  seed = 7,
  signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
): string {
  let state = seed * 2_654_435_761
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return signs[Math.floor((state / 4_294_967_296) * signs.length)]
  }).join('')
}

const hex = (length: number) => noise(length, 11, '0123456789abcdef')
const upper = (length: number) => noise(length, 13, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')
const base64url = (text: string) => Buffer.from(text).toString('base64url')

const whole = (kind: string, name: string, secret: string, near: readonly string[] = []): SecretKind => ({
  kind,
  name,
  text: secret,
  secret,
  near,
})
const within = (
  name: string,
  before: string,
  secret: string,
  after = '',
  near: readonly string[] = [],
): SecretKind => ({
  kind: '',
  name,
  text: before + secret + after,
  secret,
  near,
})

// Put together here, so that no scanner takes a piece of this repository for a secret.
const ID = '123456789012345678'
const webhook = (host: string, version = '') => `https://${host}/api${version}/webhooks/${ID}/${noise(68)}`
const pem = (name: string, feed = '\n') =>
  `-----BEGIN ${name}-----${feed}${noise(64)}${feed}${noise(32)}==${feed}-----END ${name}-----`
const jwt = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(`{"role":"service_role","ref":"${noise(20)}"}`)}.${noise(43)}`

/** Every kind of secret that whoever runs Helix may have. */
export const SECRET_KINDS: readonly SecretKind[] = [
  whole('anthropic_key', 'a key of the Claude API', `sk-${'ant'}-api03-${noise(93)}AA`, [
    'sk-ant-…',
    'task-ant-colony-optimisation',
  ]),
  whole('anthropic_key', 'an admin key of the Claude API', `sk-${'ant'}-admin01-${noise(93)}AA`),
  whole('anthropic_key', 'an OAuth token of Claude', `sk-${'ant'}-oat01-${noise(93)}AA`),
  whole('anthropic_key', 'a refresh token of Claude', `sk-${'ant'}-ort01-${noise(93)}AA`),
  whole('supabase_key', 'a secret key of Supabase', `sb_${'secret'}_${noise(31)}`, [
    `sb_publishable_${noise(31)}`,
    'sb_secret_',
  ]),
  whole('supabase_key', 'an access token of Supabase', `${'sbp'}_${hex(40)}`, ['sbp_config']),
  whole('jwt', 'a service-role key of an older Supabase', jwt, [
    base64url('{"alg":"HS256","typ":"JWT"}'),
    `${noise(12)}.${noise(12)}.x`,
  ]),
  whole('helix_token', 'an access token of Helix', `${'hlx'}_${noise(12)}_${noise(49)}`, ['hlx_…', 'hlx_']),
  whole('opaque_token', 'a refresh token of Helix', `${noise(42)}A`, [
    `sha256-${noise(43)}=`,
    noise(42),
    'a'.repeat(43),
  ]),
  whole('discord_token', 'a token of a Discord bot', `${base64url(`1${ID}`)}.${noise(6)}.${noise(38)}`, [
    'MyVeryLongModuleNameHere.method.anotherVeryLongFunctionName',
  ]),
  ...['discord.com', 'discordapp.com', 'ptb.discord.com', 'canary.discord.com', 'canary.discordapp.com'].map(
    (host) =>
      whole('discord_webhook', `a webhook at ${host}`, webhook(host), [
        `https://${host}/channels/${ID}/${ID}`,
      ]),
  ),
  whole('discord_webhook', 'a webhook of a version', webhook('discord.com', '/v10'), [
    'https://discord.com/api/v10/gateway',
  ]),
  whole('git_token', 'a personal token of GitHub', `gh${'p'}_${noise(36)}`, [
    'ghp_',
    'high_performance_computing_cluster',
  ]),
  ...['o', 'u', 's', 'r'].map((sort) =>
    whole('git_token', `a gh${sort} token of GitHub`, `gh${sort}_${noise(36)}`),
  ),
  whole('git_token', 'a fine-grained token of GitHub', `github_${'pat'}_${noise(22)}_${noise(59)}`, [
    'github_pattern_matching',
  ]),
  whole('git_token', 'a token of GitLab', `gl${'pat'}-${noise(20)}`, ['glpat-']),
  whole('git_token', 'a runner token of GitLab', `gl${'rt'}-${noise(20)}`),
  whole(
    'slack_token',
    'a token of a Slack bot',
    `xox${'b'}-${noise(11, 3, '0123456789')}-${noise(12, 4, '0123456789')}-${noise(24)}`,
    ['xoxb-'],
  ),
  whole(
    'slack_token',
    'an app token of Slack',
    `xapp-1-${upper(11)}-${noise(13, 3, '0123456789')}-${hex(64)}`,
  ),
  whole(
    'slack_webhook',
    'a webhook of Slack',
    `https://hooks.slack.com/services/T${upper(8)}/B${upper(10)}/${noise(24)}`,
    ['https://slack.com/help'],
  ),
  whole('aws_key', 'an access key id of AWS', `AK${'IA'}${upper(16)}`, ['AKIA', 'AKIAshort']),
  whole('aws_key', 'a passing access key id of AWS', `AS${'IA'}${upper(16)}`, ['ASIA-PACIFIC']),
  within('a secret access key of AWS', 'aws_secret_access_key = ', `${noise(38)}/9`),
  whole('google_key', 'an API key of Google', `AI${'za'}${noise(35)}`, ['AIza']),
  whole('google_key', 'an OAuth token of Google', `ya${'29'}.${noise(60)}`),
  whole('google_key', 'a client secret of Google', `GOC${'SPX'}-${noise(28)}`),
  whole('private_key', 'a service account of Google', pem('PRIVATE KEY', '\\n')),
  whole('stripe_key', 'a secret key of Stripe', `sk_${'live'}_${noise(24)}`, [
    `pk_${'live'}_${noise(24)}`,
    'task_test_harness_runner',
  ]),
  whole('stripe_key', 'a restricted key of Stripe', `rk_${'test'}_${noise(24)}`),
  whole('stripe_key', 'a webhook secret of Stripe', `wh${'sec'}_${noise(32)}`),
  whole('npm_token', 'a token of npm', `np${'m'}_${noise(36)}`, [
    'npm_config_registry',
    'npm_lifecycle_event',
  ]),
  whole('hosting_token', 'a token of Vercel', `vc${'p'}_${noise(40)}`, ['vcp_']),
  whole('hosting_token', 'a token of Netlify', `nf${'p'}_${noise(36)}`, ['nfp_']),
  within('an older token of Vercel', 'VERCEL_TOKEN=', noise(24)),
  whole('api_key', 'a key of OpenAI', `sk-${'proj'}-${noise(48)}`, [
    'sk-fading-circle-with-a-long-class',
    'risk-assessment-framework-2026',
  ]),
  whole('twilio_key', 'a key of Twilio', `S${'K'}${hex(32)}`, [`AC${hex(32)}`, 'SKU']),
  whole('sendgrid_key', 'a key of SendGrid', `S${'G'}.${noise(22)}.${noise(43)}`, ['SG.12']),
  whole('service_token', 'a token of DigitalOcean', `dop_${'v1'}_${hex(64)}`, ['dop_v1_']),
  whole('service_token', 'a token of Hugging Face', `h${'f'}_${noise(34)}`, ['hf_hub_download_with_retry']),
  whole('service_token', 'a token of a Telegram bot', `123456789:${'AA'}${noise(33)}`, ['12:34:AA']),
  whole('private_key', 'a PEM key', pem('RSA PRIVATE KEY'), [
    '-----BEGIN PUBLIC KEY-----',
    'the PRIVATE KEY block',
  ]),
  whole('private_key', 'an OpenSSH key', pem('OPENSSH PRIVATE KEY')),
  whole('private_key', 'a PGP key', pem('PGP PRIVATE KEY BLOCK')),
  whole('private_key', 'a PEM key on one line', pem('EC PRIVATE KEY', ' ')),
  whole(
    'private_key',
    'an age identity',
    `AGE-SECRET-${'KEY'}-1${noise(58, 5, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}`,
    [`age1${noise(58, 5, 'qpzry9x8gf2tvdw0')}`],
  ),
  ...['postgres', 'postgresql', 'mysql', 'mongodb+srv', 'rediss', 'amqps', 'smtp'].map((scheme) =>
    whole('database_url', `an address of ${scheme}`, `${scheme}://helix:${noise(16)}@db.example.org:5432/x`, [
      `${scheme}://db.example.org:5432/helix`,
      `${scheme}://helix@db.example.org/helix`,
    ]),
  ),
  whole('payment_card', 'a card of Visa', ['4111', '1111', '1111', '1111'].join(''), [
    '4111111111111112',
    '1764085000000',
    '0.4111111111111111',
  ]),
  whole('payment_card', 'a card of Mastercard in groups', ['5555', '5555', '5555', '4444'].join(' '), [
    '1234 5678 9012 3456',
  ]),
  whole('payment_card', 'a card of American Express', ['3782', '822463', '10005'].join('-'), [ID]),
  whole('iban', 'a German IBAN in groups', ['DE89', '3704', '0044', '0532', '0130', '00'].join(' '), [
    'DE88 3704 0044 0532 0130 00',
  ]),
  whole('iban', 'a Portuguese IBAN', ['PT50', '0002', '0123', '1234', '5678', '9015', '4'].join(''), [
    'PT50TOOSHORT00000',
  ]),
  within('an Authorization header', 'Authorization: Bearer ', noise(20), '', [
    'Authorization: required for all of them',
    'the authorization, the authentication',
  ]),
  within(
    'an Authorization header of Basic',
    'authorization: Basic ',
    Buffer.from(`ada:${noise(9)}`).toString('base64'),
    '',
    ['basic authentication', 'BASIC understanding'],
  ),
  within('a cookie', 'Cookie: sb-access=', noise(20), '; theme=dark', ['Cookie: a small biscuit']),
  within('a cookie that is set', 'set-cookie: sid=', noise(20), '; Path=/; HttpOnly'),
  within('a header with a key', 'x-api-key: ', noise(20), '', ['apikey, X-Client-Info']),
  within('a bearer token', 'bearer ', noise(20), '', ['bearer authentication', 'the bearer certificates']),
  within('the password of an address', 'https://ada:', noise(12), '@example.org/', [
    'https://example.org:8080/a@b',
    'git@github.com:a/b.git',
  ]),
  within('a token in a query', 'https://example.org/cb?state=a&access_token=', noise(12), '', [
    'https://example.org/?page=2&limit=20&code=404',
  ]),
  within('a variable', 'DB_PASSWORD=', noise(10), '', [
    'PASSWORD=$DB_PASSWORD',
    'password=process.env.PASSWORD',
    'maxTokens=4096',
  ]),
  within('JSON', '{"client_secret": "', noise(12), '"}', ['{"token": "string"}', '{"secret": "required"}']),
  within('YAML', 'password: ', 'hunter22', '', [
    'token: string',
    'password: z.string()',
    'the secret: nobody knows',
  ]),
  within('a flag', 'deploy --token ', noise(12), '', ['use --token <token> here']),
  within('SQL', "alter role helix password '", noise(10), "'"),
  within('a password for curl', 'curl -u ada:', noise(9), ' https://x.example', [
    'docker run -u 1000:1000 helix',
  ]),
  within('the base of secrets', 'secret_key_base: ', hex(64)),
  whole('service_token', 'an older token of Notion', `secret${'_'}${noise(43)}`, [
    'secret_access_policy_for_everybody',
  ]),
]
