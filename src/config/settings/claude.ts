import { flag, integer, secret, text, url, usd } from './kind.ts'
import { setting } from './setting.ts'

const PERSONA = `You are Helix, a personal assistant.
You are warm, direct and precise. You say what you know, what you think and what you do not know, and keep the three apart.
You answer in the language you are spoken to, as briefly as the matter allows, in Markdown where it helps.`

const milliseconds = () => integer(100, 3_600_000)
const model = () => text('the name of a Claude model')

/** Who answers, how, and for how much. */
export const claudeSettings = {
  claude: {
    apiKey: setting({
      kind: secret('an API key of Anthropic'),
      doc: 'Key of the Claude API.',
      example: 'sk-ant-...',
      env: ['CLAUDE_API_KEY', 'ANTHROPIC_API_KEY'],
      otherwise: 'Claude is simulated, except in production',
    }),
    baseUrl: setting({
      kind: url('http', 'https'),
      doc: 'Another server that speaks the Messages API.',
      example: 'https://claude-proxy.example.com',
      env: ['ANTHROPIC_BASE_URL'],
      otherwise: "Anthropic's own",
    }),
    simulate: setting({
      kind: flag(),
      doc: '`1` simulates Claude, also in production or with a key; `0` never does.',
      example: '1',
      env: ['HELIX_SIMULATE'],
      otherwise: 'simulated without a key, except in production',
    }),
  },
  persona: setting({
    kind: text('a text'),
    doc: 'Who the assistant is: the first block of every prompt.',
    example: 'You are Ada, the assistant of a small bakery.',
    fallback: PERSONA,
    otherwise: 'a short persona named Helix',
  }),
  models: {
    chat: setting({
      kind: model(),
      doc: 'Model that answers people.',
      example: 'claude-opus-5-5',
      fallback: 'claude-sonnet-5-5',
    }),
    background: setting({
      kind: model(),
      doc: 'Model for summaries and memories.',
      example: 'claude-haiku-5-5',
      fallback: 'claude-haiku-5-5',
    }),
    maxTokens: setting({
      kind: integer(1, 1_000_000),
      doc: 'Longest reply, in tokens.',
      example: 16384,
      fallback: 8192,
    }),
  },
  timeouts: {
    upstreamFirstByteMs: setting({
      kind: milliseconds(),
      doc: 'How long Claude may take to begin a reply, in milliseconds.',
      example: 30_000,
      fallback: 60_000,
    }),
    upstreamIdleMs: setting({
      kind: milliseconds(),
      doc: 'How long Claude may fall silent within a reply, in milliseconds.',
      example: 60_000,
      fallback: 30_000,
    }),
    drainMs: setting({
      kind: integer(0, 3_600_000),
      doc: 'How long open replies and other requests may go on when the gateway is told to stop, in milliseconds.',
      example: 600_000,
      fallback: 30_000,
    }),
  },
  budgets: {
    userDailyUsd: setting({
      kind: usd(),
      doc: 'What the replies to one person may cost a day (UTC), in US dollars.',
      example: 2.5,
      otherwise: 'no limit',
    }),
    monthlyUsd: setting({
      kind: usd(),
      doc: 'What Claude may cost a calendar month in all, in US dollars.',
      example: 200,
      otherwise: 'no limit',
    }),
  },
}
