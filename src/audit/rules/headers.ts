import { only, PATH, type RedactionRule } from './rule.ts'

const SCHEME = /(?:bearer|basic|token|digest|negotiate|apikey|bot)[ \t]{1,4}$/i

/** Credentials of HTTP requests, as headers or lists of headers write them. */
export const headerRules: readonly RedactionRule[] = [
  {
    kind: '',
    finds: 'what `Authorization` and `Proxy-Authorization` say after the scheme',
    triggers: ['authorization'],
    pattern:
      /(authorization(?:[\\"']{0,4}[ \t]{0,4}[:=]|["'][ \t]{0,4},)[ \t]{0,4}[\\"']{0,4}(?:(?:bearer|basic|token|digest|negotiate|apikey|bot)[ \t]{1,4})?)(?!\[REDACTED)([^\s"'`\\,;<>(){}$][^\s"'`\\,;<>(){}]{2,})/gi,
    endOf: (text, start, end) => (isCredential(text, start, end) ? end : start),
  },
  {
    kind: '',
    finds: 'cookies in `Cookie` and `Set-Cookie`',
    triggers: ['cookie'],
    pattern:
      /(cookie(?:[\\"']{0,4}[ \t]{0,4}[:=]|["'][ \t]{0,4},)[ \t]{0,4}[\\"']{0,4})([^\s=;:,"'\\()[\]{}]{1,256}=[^\s;"'\\]+(?:;[ \t]?[^\s=;"'\\]{1,256}(?:=[^\s;"'\\]*)?)*)/gi,
  },
  {
    kind: '',
    finds: 'bearer tokens',
    triggers: ['bearer'],
    pattern: /(bearer[ \t]{1,8})([\w.~+/=-]{8,})/gi,
    endOf: only((text) => /\d/.test(text) || text.length >= 32),
  },
  {
    kind: '',
    finds: 'user and password of `Basic`',
    triggers: ['basic'],
    pattern: /(basic[ \t]{1,8})([\w+/-]{6,}={0,2})/gi,
    endOf: only((text) => /^[ -~]{0,200}:[ -~]+$/.test(Buffer.from(text, 'base64').toString('latin1'))),
  },
  {
    kind: '',
    finds: 'API keys in headers and lists of headers (`x-api-key`, `apikey`, `x-auth-token`)',
    triggers: ['api-key', 'apikey', 'auth-token', 'access-token'],
    pattern:
      /((?:x-api-key|x-goog-api-key|apikey|x-(?:auth|access|csrf)-token)(?:["']?[ \t]{0,4}:|["'][ \t]{0,4},)[ \t]{0,4}["']?)(?!\[REDACTED)([^\s"'\\,;<>(){}]{8,})/gi,
    endOf: only((text) => /\d/.test(text) && !/^[a-z]+(?:\.[a-z]+)+$/i.test(text)),
  },
  {
    kind: '',
    finds: 'the password of `curl --user name:password`',
    triggers: ['-u'],
    pattern: /((?<!\S)(?:-u|--user)[ \t=]{1,4}["']?[^\s:"'\\]{1,100}:)(?!\[REDACTED)([^\s"'\\]{3,})/g,
    endOf: only((text) => !/^(?:\d+|\$.*)$/.test(text)),
  },
]

// Without a scheme before it, one plain word is part of a sentence, or a scheme whose token is hidden already.
function isCredential(text: string, start: number, end: number): boolean {
  const word = /^(?:[A-Za-z]{1,15}|AWS4-HMAC-SHA256)$/i.test(text.slice(start, end))
  if (text[end] === '(' || PATH.test(text.slice(start, end))) return false
  return !word || SCHEME.test(text.slice(Math.max(0, start - 16), start))
}
