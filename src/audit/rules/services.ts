import { looksRandom, only, type RedactionRule } from './rule.ts'

/** Beginnings of tokens by which their services want them found. */
const PREFIXES = [
  ...['dop_v1_', 'doo_v1_', 'dor_v1_', 'shpat_', 'shpss_', 'shpca_', 'shppa_', 'sq0atp-', 'sq0csp-'],
  ...['lin_api_', 'ntn_', 'figd_', 'PMAK-', 'pscale_tkn_', 'pscale_pw_', 'pscale_oauth_', 'dp.pt.', 'dp.st.'],
  ...['dapi', 'glsa_', 'glc_', 'sntrys_', 'sntryu_', 'NRAK-', 'dt0c01.', 'hvs.', 'hvb.', 'hvr.', 'pul-'],
  ...['fm2_', 'fo1_', 'HRKU-', 'ATATT3', 'ATCTT3', 'xkeysib-', 'xsmtpsib-', 're_', 'EZAK', 'EZTK'],
  ...['duffel_test_', 'duffel_live_', 'shippo_test_', 'shippo_live_', 'rdme_', 'fio-u-', 'pnu_', 'tfp_'],
  ...['p8e-', 'LTAI', 'CLOJARS_', 'FLWSECK', 'sgp_', 'tskey-', 'gsk_', 'hf_', 'api_org_', 'r8_', 'xai-'],
  ...[
    'pplx-',
    'nvapi-',
    'tvly-',
    'e2b_',
    'lsv2_pt_',
    'lsv2_sk_',
    'phx_',
    'rnd_',
    'sha256~',
    'mlsn.',
    'CFPAT-',
  ],
  ...['AQVN', 'tk-us-', 'sm_aat_', 'ops_eyJ', 'EAACEdEose0cBA', 'key-', 'access-'],
]

const escaped = PREFIXES.map((prefix) => prefix.replaceAll('.', '\\.'))

/** Tokens of the services that the products around Helix use. */
export const serviceRules: readonly RedactionRule[] = [
  {
    kind: 'service_token',
    finds: `tokens of ${PREFIXES.length} other beginnings: DigitalOcean, Shopify, Grafana, Vault, Hugging Face and so on`,
    triggers: PREFIXES.map((prefix) => prefix.toLowerCase().replace(/\d/g, '0')),
    pattern: new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join('|')})[\\w.=+/-]{18,}`, 'g'),
    endOf: only(looksRandom),
  },
  {
    kind: 'service_token',
    finds:
      'tokens of Telegram bots, Azure client secrets, keys of Mailchimp, Airtable, Cloudflare and Notion',
    triggers: [':aa', 'q~', '-us0', 'pat', 'v0.0-', 'secret_'],
    pattern:
      /(?<![A-Za-z0-9])(?:\d{8,10}:AA[\w-]{32,34}(?![\w-])|[\w.~-]{3}\dQ~[\w.~-]{31,34}|[0-9a-f]{32}-us\d{1,2}(?!\w)|pat\w{14}\.[0-9a-f]{64}|v1\.0-[0-9a-f]{24}-[0-9a-f]{100,200}|secret_[A-Za-z0-9]{43}(?!\w))/g,
  },
]
