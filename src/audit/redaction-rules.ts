/** One kind of secret as it looks inside a text. */
export interface RedactionRule {
  /** Lower-case pieces of which one must occur before the pattern is worth running. */
  triggers: readonly string[]
  /** Global; every quantifier that may run on is bounded by what it excludes, so that time stays linear. */
  pattern: RegExp
  /** What takes its place; must not match the pattern again. */
  replacement: string
}

const marker = (name: string): string => `[REDACTED:${name}]`

/** Values that betray themselves by their shape, the more specific first. */
export const REDACTION_RULES: readonly RedactionRule[] = [
  {
    triggers: ['private key'],
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END ).)*(?:-----END [A-Z0-9 ]{0,40}-----)?/gs,
    replacement: marker('private_key'),
  },
  {
    triggers: ['age-secret'],
    pattern: /AGE-SECRET-KEY-1[A-Z0-9]{20,}/gi,
    replacement: marker('private_key'),
  },
  {
    triggers: ['/webhooks/'],
    pattern:
      /(?:https?:\/\/)?(?:(?:canary|ptb)\.)?discord(?:app)?\.com\/api(?:\/v\d{1,3})?\/webhooks\/\d{15,22}\/[\w-]{16,}/gi,
    replacement: marker('discord_webhook'),
  },
  {
    triggers: ['hooks.slack'],
    pattern: /(?:https?:\/\/)?hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/[\w/+-]{16,}/gi,
    replacement: marker('slack_webhook'),
  },
  {
    triggers: ['://'],
    pattern:
      /(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|valkeys?|amqps?|smtps?):\/\/[^\s"'<>]{3,}/gi,
    replacement: marker('database_url'),
  },
  {
    triggers: ['://'],
    pattern: /:\/\/[^\s/@:[\]]{0,200}:[^\s/@]{1,500}@/g,
    replacement: '://[REDACTED]@',
  },
  { triggers: ['sk-'], pattern: /sk-ant-[\w-]{8,}/gi, replacement: marker('anthropic_key') },
  { triggers: ['sk-'], pattern: /sk-[\w-]{20,}/g, replacement: marker('api_key') },
  {
    triggers: ['sb_secret_', 'sbp_'],
    pattern: /(?:sb_secret_|sbp_)[\w-]{8,}/gi,
    replacement: marker('supabase_key'),
  },
  {
    triggers: ['hlx_'],
    pattern: /hlx_[0-9a-z]{6,12}_[0-9a-z]{8,}/gi,
    replacement: marker('helix_token'),
  },
  { triggers: ['eyj'], pattern: /eyJ[\w-]{12,}(?:\.[\w-]*){0,4}/g, replacement: marker('jwt') },
  {
    triggers: ['.'],
    pattern: /(?<![\w-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}/g,
    replacement: marker('discord_token'),
  },
  {
    triggers: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-'],
    pattern: /(?:gh[opusr]_|github_pat_|glpat-)[\w-]{16,}/gi,
    replacement: marker('git_token'),
  },
  {
    triggers: ['xox', 'xapp-'],
    pattern: /(?:xox[a-z]|xapp)-[\w-]{10,}/gi,
    replacement: marker('slack_token'),
  },
  { triggers: ['akia', 'asia'], pattern: /(?:AKIA|ASIA)[A-Z0-9]{16,}/g, replacement: marker('aws_key') },
  { triggers: ['aiza'], pattern: /AIza[\w-]{30,}/g, replacement: marker('google_key') },
  {
    triggers: ['_live_', '_test_'],
    pattern: /[rs]k_(?:live|test)_\w{8,}/gi,
    replacement: marker('stripe_key'),
  },
  { triggers: ['npm_'], pattern: /npm_[A-Za-z0-9]{30,}/g, replacement: marker('npm_token') },
  {
    triggers: ['authorization', 'cookie'],
    pattern: /((?:authorization|cookie)[\\"']{0,4}\s{0,4}[:=]\s{0,4}[\\"']{0,4})(?!\[REDACTED)[^"'\\]+/gi,
    replacement: '$1[REDACTED]',
  },
  {
    triggers: ['bearer'],
    pattern: /(bearer\s{1,8})[\w.~+/=-]{8,}/gi,
    replacement: '$1[REDACTED]',
  },
  {
    triggers: ['='],
    pattern:
      /([?&](?:access_token|refresh_token|token|token_hash|key|apikey|sig|signature|code|pwd)=)(?!\[REDACTED)[^&\s#"'\\]+/gi,
    replacement: '$1[REDACTED]',
  },
  {
    triggers: ['pass', 'pwd', 'secret', 'token', 'key'],
    pattern:
      /((?:password|passwd|passphrase|pwd|secret|token|(?:api|access|private|signing|encryption|service|auth)[_-]?key)[\\"']{0,4}\s{0,4}[:=]\s{0,4}[\\"']{0,4})(?!\[REDACTED)[^\s"'\\,;&]{3,}/gi,
    replacement: '$1[REDACTED]',
  },
]

const DENIED_KEYS: ReadonlySet<string> = new Set([
  ...[
    'auth',
    'authorization',
    'proxyauthorization',
    'cookie',
    'cookies',
    'setcookie',
    'otp',
    'totp',
    'pin',
    'cvv',
  ],
  ...['dsn', 'connectionstring', 'webhook', 'jwt', 'credential', 'credentials', 'pwd', 'passwd'],
  // What people wrote never enters the chain, only its digest.
  ...['content', 'messages', 'prompt'],
])

/** Ends of a name that say what its value is, as `CLAUDE_API_KEY`, `accessToken` or `db.password` do. */
const DENIED_ENDINGS = [
  ...['password', 'passphrase', 'secret', 'token', 'apikey', 'accesskey', 'privatekey', 'signingkey'],
  ...[
    'encryptionkey',
    'secretkey',
    'servicekey',
    'servicerole',
    'servicerolekey',
    'contentkey',
    'webhookurl',
  ],
  ...[
    'databaseurl',
    'dburl',
    'smtpurl',
    'redisurl',
    'accesstoken',
    'tokenhash',
    'passwordhash',
    'encryptedpassword',
  ],
]

/** Whether a property of this name holds a secret by its name alone; case and separators do not matter. */
export function isDeniedKey(key: string): boolean {
  const name = key.toLowerCase().replace(/[^a-z0-9]/g, '')
  return (
    DENIED_KEYS.has(name) ||
    name.startsWith('discordwebhook') ||
    DENIED_ENDINGS.some((ending) => name.endsWith(ending))
  )
}
