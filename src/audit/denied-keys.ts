/** A cheap look that lets most names go: none of these pieces, no secret. */
const SUSPECT =
  /pass|pwd|secret|token|cookie|auth|cred|jwt|otp|pin|cv[vc]|key|hook|dsn|connection|url|uri|content|messages|prompt|senha|contrase|role|mnemonic|seed|bearer|card|iban|[^ -~]/i

/**
 * Names that are denied as a whole; elsewhere in a name these words mean too many things. `content`, `messages` and
 * `prompt` because what people wrote never enters the chain, only its digest.
 */
const WHOLE: ReadonlySet<string> = new Set(
  (
    'auth otp totp pin cvv cvc dsn webhook webhooks bearer pass pwd iban cardnumber creditcard ' +
    'mnemonic seedphrase pincode xapikey content messages prompt'
  ).split(' '),
)

/** Words that say what a value is, wherever they stand in a name. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  (
    'password passwords passwd passphrase passcode pwd secret secrets token cookie cookies ' +
    'authorization credential credentials jwt jwts senha passwort apikey apikeys accesstoken ' +
    'authtoken refreshtoken mnemonic'
  ).split(' '),
)

/** Pairs of words that do, though each alone does not. */
const SECRET_PAIRS =
  /(?:api|access|private|signing|encryption|secret|service|auth|master|account|shared|deploy|content|ssh|hmac)keys?|servicerole|(?:access|refresh|auth|bearer|session|bot|csrf|api)tokens|(?:connection|conn)(?:string|url|uri)|(?:webhook|database|db|smtp|redis|postgres|mongo|mongodb|amqp|broker)(?:url|uri)s?|discordwebhook|authheader|cardnumber|setcookie/

/** A name that ends in one of these tells about a secret, or counts something: `tokenCount`, `token_type`. */
const HARMLESS_ENDS: ReadonlySet<string> = new Set(
  (
    'count counts length size limit limits max min used usage remaining total budget rate price ' +
    'cost type kind name hint policy status state source expiry expires expiration at in age ttl ' +
    'created updated enabled required valid set present changed algorithm alg endpoint url uri ' +
    'path file strength consent banner domain scope scopes issuer audience id ids field'
  ).split(' '),
)

/** Ends by which names written in one piece give themselves away: `clientsecret`, `dbpassword`. */
const RUN_TOGETHER =
  /(?:password|passwd|passphrase|secret|token|apikey|accesskey|privatekey|credentials?|cookie)(?:hash|value|old|new|confirmation)?\d{0,3}$/

/** Whose numbers are secrets too; a number named `token` counts something. */
const NUMERIC = /passwor[dt]|passcode|passwd|pwd|^pin(?:code)?$|^t?otp$|^cv[vc]$|secret|senha|cardnumber/
const PERHAPS_NUMERIC = /pass|pwd|pin|otp|cv[vc]|secret|senha|card|[^ -~]/i

/**
 * Whether a property of this name holds a secret by its name alone: in any case, however its words are joined, with
 * whatever stands before or after them.
 */
export function isDeniedKey(key: string): boolean {
  if (!SUSPECT.test(key)) return false
  const words = wordsOf(key)
  const name = words.join('')
  if (WHOLE.has(name)) return true
  if (SECRET_PAIRS.test(name)) return !isHarmless(words) || /(?:url|uri)s?$/.test(name)
  if (words.some((word) => SECRET_WORDS.has(word))) return !isHarmless(words)
  return RUN_TOGETHER.test(name) && !isHarmless(words)
}

/** Whether also a number under this denied name is a secret. */
export function deniesNumbers(key: string): boolean {
  return PERHAPS_NUMERIC.test(key) && NUMERIC.test(wordsOf(key).join(''))
}

function wordsOf(key: string): string[] {
  return key
    .slice(0, 200)
    .normalize('NFKC')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .replace(/([a-z])\d{1,3}(?![a-z])/g, '$1')
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '')
}

function isHarmless(words: readonly string[]): boolean {
  return words.length > 1 && HARMLESS_ENDS.has(words.at(-1) ?? '')
}
