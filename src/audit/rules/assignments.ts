import { PATH, type RedactionRule } from './rule.ts'

const NAME =
  '(?:password|passwd|passphrase|passcode|pwd|senha|passwort|secret|token|jwt|credentials?|mnemonic|service[_-]?role' +
  '|(?:api|access|account|private|signing|encryption|secret|service|auth|master|shared)[_-]?key)' +
  '(?:[_-]?(?:hash|value|base|old|new|\\d{1,3}))?'
const TRIGGERS = [
  ...['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'senha', 'passwort', 'secret', 'token', 'jwt'],
  ...['credential', 'mnemonic', 'role', 'key'],
]
const VALUE = '[^\\s"\'`\\\\,;&<>(){}|\\[\\]]'

/** What programs and manuals write where a value would stand. */
const NO_VALUE =
  /^(?:string|number|boolean|bigint|undefined|null|nil|none|true|false|unknown|never|void|object|any|str|int|bytes|required|optional|await|new|secret|token|password|changeme|your[\w-]*|xxx+|\*+|\.+|…)$/i
const LONGEST_NAME = 200

/** Values that only their name gives away. */
export const assignmentRules: readonly RedactionRule[] = [
  {
    kind: '',
    finds: 'quoted values named like a secret, in JSON (also inside JSON), YAML and code',
    triggers: TRIGGERS,
    pattern: new RegExp(
      `(${NAME}[\\\\"'\`]{0,4}[ \\t]{0,4}(?:=>|[:=])[ \\t]{0,4}\\\\{0,3}["'\`])([^"'\`\\\\\\r\\n]+)`,
      'gi',
    ),
    endOf: (text, start, end) => (isPlaceholder(text.slice(start, end)) ? start : end),
  },
  {
    kind: '',
    finds: 'values right after `=`, as `.env` files and flags have them',
    triggers: TRIGGERS,
    pattern: new RegExp(`(${NAME}=)(${VALUE}{3,})`, 'gi'),
    endOf: (text, start, end) => (isCode(text, start, end) ? start : end),
  },
  {
    kind: '',
    finds: 'values after `: ` or ` = ` that no word of a sentence or a program is like',
    triggers: TRIGGERS,
    pattern: new RegExp(`(${NAME}["']?(?:[ \\t]{1,4}(?:=|:)|:)(?:[ \\t]{0,4}))(?![=>])(${VALUE}{4,})`, 'gi'),
    endOf: (text, start, end) => (isCode(text, start, end) || !isLikely(text, start, end) ? start : end),
  },
  {
    kind: '',
    finds: 'values of flags such as `--password`, and passwords in SQL',
    triggers: TRIGGERS,
    pattern: new RegExp(
      `((?<!-)--[\\w-]{0,30}?${NAME}[ \\t]{1,4}["']?)(?!-)(${VALUE}{4,})|(?<=password[ \\t]{1,4}')([^'\\r\\n]{1,500})(?=')`,
      'gi',
    ),
    endOf: (text, start, end) => (text[end] === "'" || isUnlikeWords(text.slice(start, end)) ? end : start),
  },
]

function isPlaceholder(value: string): boolean {
  return (
    NO_VALUE.test(value) ||
    value.includes('${') ||
    /^(?:\[(?:REDACTED|UNSAN|CUT)|<[^>]*>$|\{\{|%\w)/.test(value)
  )
}

function isCode(text: string, start: number, end: number): boolean {
  const value = text.slice(start, end)
  const next = text[end]
  return (
    next === '(' ||
    next === '[' ||
    next === '{' ||
    /^[$%]/.test(value) ||
    NO_VALUE.test(value) ||
    PATH.test(value)
  )
}

// In a sentence or a program only what no word is like; alone on its line, as in YAML, everything.
function isLikely(text: string, start: number, end: number): boolean {
  const value = text.slice(start, end)
  if (isUnlikeWords(value))
    return !(/^[\d.,:%-]+$/.test(value) && /token/i.test(text.slice(start - 16, start)))
  if (/^[A-Z][A-Za-z]*$/.test(value) || /[?:]$/.test(value)) return false
  const before = text.slice(Math.max(0, start - LONGEST_NAME), start).replace(/^[\s\S]*\n/, '')
  return (
    /^[\w."'-]*[ \t]*[:=][ \t]*$/.test(before.trimStart()) && /^(?:$|\r?\n)/.test(text.slice(end, end + 2))
  )
}

function isUnlikeWords(value: string): boolean {
  return /\d/.test(value) || /[!@#$%^&*+~]/.test(value)
}
