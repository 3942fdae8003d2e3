import { looksRandom, only, type RedactionRule } from './rule.ts'

/** Addresses that are secrets, or carry one. */
export const addressRules: readonly RedactionRule[] = [
  {
    kind: 'discord_webhook',
    finds: 'webhooks of Discord under every host it answers at, also as a path alone',
    triggers: ['/webhooks/', '/interactions/'],
    pattern:
      /(?:https?:\/\/)?(?:(?:canary|ptb|www)\.)?(?:discord(?:app)?\.com(?::\d{1,5})?)?(?:\/api(?:\/v\d{1,3})?)?\/(?:webhooks|interactions)\/\d{15,22}\/[\w-]{16,}/gi,
  },
  {
    kind: 'slack_webhook',
    finds: 'webhooks of Slack',
    triggers: ['hooks.slack'],
    pattern: /(?:https?:\/\/)?hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/[\w/+-]{16,}/gi,
  },
  {
    kind: 'webhook',
    finds: 'webhooks of Teams, Zapier and Google Chat',
    triggers: ['webhook.office.com/', 'hooks.zapier.com/', 'chat.googleapis.com/'],
    pattern:
      /(?:https?:\/\/)?(?:[\w-]{1,63}\.)?(?:webhook\.office\.com|hooks\.zapier\.com|chat\.googleapis\.com)\/[\w/@+.-]{16,}(?:\?[^\s"'<>\\]{0,500})?/gi,
  },
  {
    kind: 'database_url',
    finds: 'addresses with a password: PostgreSQL, MySQL, MongoDB, Redis, AMQP, SMTP and their kin, whole',
    triggers: ['://'],
    pattern:
      /(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|sqlserver|mssql|clickhouses?|rediss?|valkeys?|amqps?|smtps?|imaps?|ldaps?|nats|kafka|cockroachdb):\/\/[^\s"'<>\\/:@]{0,300}:(?!\[REDACTED)[^\s"'<>\\]{1,500}@[^\s"'<>\\]*/gi,
  },
  {
    kind: '',
    finds: 'the password or token before the `@` of any other address',
    triggers: ['://'],
    pattern: /(:\/\/(?:[^\s/@:[\]"'<>\\]{0,200}:)?)(?!\[REDACTED)([^\s/@"'<>\\]{1,500})(?=@)/g,
    endOf: (text, start, end) => (text[start - 1] === ':' || end - start >= 20 ? end : start),
  },
  {
    kind: '',
    finds: 'tokens, passwords and signatures in the query of an address',
    triggers: ['='],
    pattern:
      /([?&#;](?:access_token|refresh_token|id_token|token|token_hash|api[_-]?key|sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|pwd|password|secret|client_secret)=)(?!\[REDACTED)([^&\s#"'\\<>]+)/gi,
  },
  {
    kind: '',
    finds: 'what looks like chance under less certain names there (`code`, `key`, `session`)',
    triggers: ['='],
    pattern: /([?&#;](?:key|code|auth|session|sid|pass|otp|hash|ticket)=)(?!\[REDACTED)([^&\s#"'\\<>]{8,})/gi,
    endOf: only(looksRandom),
  },
]
