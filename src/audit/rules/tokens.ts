import { looksRandom, only, type RedactionRule } from './rule.ts'

/** Keys that everybody who runs Helix has, or may have in the same files. */
export const tokenRules: readonly RedactionRule[] = [
  {
    kind: 'anthropic_key',
    finds: 'keys of the Claude API, admin keys, OAuth and session tokens (`sk-ant-…`)',
    triggers: ['sk-ant-'],
    pattern: /(?<![A-Za-z0-9])sk-ant-[\w-]{8,}|sk-ant-(?:api|admin|oat|ort|sid)\d\d-[\w-]{8,}/gi,
  },
  {
    kind: 'api_key',
    finds: 'keys of OpenAI and others that begin with `sk-`',
    triggers: ['sk-'],
    pattern: /(?<![A-Za-z0-9])sk-[\w-]{20,}/g,
    endOf: only(looksRandom),
  },
  {
    kind: 'supabase_key',
    finds:
      'secret keys and access tokens of Supabase (`sb_secret_…`, `sbp_…`); not `sb_publishable_…`, which is public',
    triggers: ['sb_secret_', 'sbp_'],
    pattern: /sb_secret_[\w-]{8,}|sbp_[\w-]{16,}/gi,
  },
  {
    kind: 'helix_token',
    finds:
      "Helix's own access tokens (`hlx_…`), passes through maintenance (`hxm_…`) and of load tests (`hxl_…`)",
    triggers: ['hlx_', 'hxm_', 'hxl_'],
    pattern: /hlx_(?:[0-9a-z]{6,12}_[0-9a-z]{8,}|[0-9a-z]{20,})|hx[lm]_[0-9a-z]{1,60}\.[\w-]{20,}/gi,
  },
  {
    kind: 'jwt',
    finds: 'JSON web tokens, so also the anon and service-role keys of older Supabase projects',
    triggers: ['eyj'],
    pattern: /(?<![\w-])[\w-]{11,}\.[\w-]{8,}(?:\.[\w-]*)*/g,
    endOf: only(isJwt),
  },
  {
    kind: 'discord_token',
    finds: 'tokens of Discord bots and users',
    triggers: ['.'],
    pattern: /(?<![\w-])(?:[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,50}(?![\w-])|mfa\.[\w-]{60,100})/g,
    endOf: only(isDiscordToken),
  },
  {
    kind: 'git_token',
    finds: 'tokens of GitHub (all prefixes), GitLab (all prefixes) and Bitbucket',
    triggers: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'gl', 'atbb'],
    pattern:
      /gh[opusr]_\w{16,}|github_pat_\w{16,}|(?<![A-Za-z0-9])gl(?:pat|dt|rtr?|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[\w.-]{16,}|(?<![A-Za-z0-9])ATBB[A-Za-z0-9]{28,}/g,
  },
  {
    kind: 'slack_token',
    finds: 'tokens of Slack',
    triggers: ['xox', 'xapp-'],
    pattern: /(?:xox[a-z]|xapp)-[\w-]{10,}/gi,
    endOf: only((text) => /\d/.test(text.slice(5))),
  },
  {
    kind: 'aws_key',
    finds: 'access key ids of AWS, keys of Bedrock',
    triggers: ['akia', 'asia', 'abia', 'acca', 'absk', 'a0t', 'bedrock-api-key-'],
    pattern:
      /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16,}(?![a-z])|(?<![A-Za-z0-9])ABSK[\w+/]{60,}={0,2}|bedrock-api-key-[\w+/=-]{20,}/g,
  },
  {
    kind: 'google_key',
    finds: 'API keys, OAuth tokens and client secrets of Google',
    triggers: ['aiza', 'ya00.', 'gocspx-', '0//0'],
    pattern: /AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|(?<![\w/])1\/\/0[\w-]{30,}/g,
  },
  {
    kind: 'stripe_key',
    finds: 'secret and restricted keys of Stripe, secrets of its webhooks',
    triggers: ['_live_', '_test_', 'whsec_'],
    pattern: /(?<![A-Za-z0-9])(?:[rs]k_(?:live|test)_\w{8,}|whsec_[\w+/=]{16,})/g,
    endOf: only((text) => /\d/.test(text)),
  },
  {
    kind: 'npm_token',
    finds: 'tokens of npm, PyPI, RubyGems, Docker Hub',
    triggers: ['npm_', 'pypi-', 'rubygems_', 'dckr_'],
    pattern: /npm_[A-Za-z0-9]{30,}|pypi-[\w-]{50,}|rubygems_[0-9a-f]{40,}|dckr_[po]at_[\w-]{20,}/g,
  },
  {
    kind: 'hosting_token',
    finds: 'tokens of Vercel and Netlify',
    triggers: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_', 'vercel_', 'nfp_', 'nfc_', 'nfo_', 'nfu_', 'nfb_'],
    pattern: /(?<![A-Za-z0-9])(?:vc[piark]_|vercel_\w{2,8}_rw_|nf[pcoub]_)\w{20,}/g,
    endOf: only(looksRandom),
  },
  {
    kind: 'twilio_key',
    finds: 'API keys of Twilio',
    triggers: ['sk'],
    pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![0-9A-Za-z])/g,
  },
  {
    kind: 'sendgrid_key',
    finds: 'API keys of SendGrid',
    triggers: ['sg.'],
    pattern: /(?<![A-Za-z0-9])SG\.[\w-]{16,40}\.[\w-]{16,80}/g,
  },
]

// Looked for from the words' side: from that of `eyJ`, a text of nothing but `eyJ` takes time without bound.
function isJwt(words: string): boolean {
  return words
    .split('.')
    .slice(0, -1)
    .some((word) => word.includes('eyJ'))
}

/** The first part of a bot's token is its user id in base64; a user's has none. */
function isDiscordToken(token: string): boolean {
  const [id = '', , proof = ''] = token.split('.')
  if (id === 'mfa') return true
  if (/^\d{15,22}$/.test(Buffer.from(id, 'base64url').toString('latin1'))) return true
  return [id, proof].every((part) => /\d/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part))
}
