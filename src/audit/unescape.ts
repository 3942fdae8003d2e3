/** A text with its escapes read, and where in the original each of its characters began. */
export interface Unescaped {
  text: string
  /** One more than the text is long: the last is where the original ends. */
  origins: Uint32Array
}

const ESCAPE =
  /%([2-7][0-9a-f])|%u00([0-9a-f]{2})|\\u\{?([0-9a-f]{4})\}?|\\x([0-9a-f]{2})|\\([nrtbf"'\\/])|&#x([0-9a-f]{1,6});?|&#(\d{1,7});?|&([a-z]{2,8});/gi

const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ', f: ' ' }

const ENTITIES: Readonly<Record<string, string>> = {
  ...{
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    colon: ':',
    sol: '/',
    period: '.',
    equals: '=',
  },
  ...{
    lowbar: '_',
    hyphen: '-',
    dash: '-',
    plus: '+',
    num: '#',
    commat: '@',
    quest: '?',
    semi: ';',
    comma: ',',
  },
  ...{
    bsol: '\\',
    percnt: '%',
    excl: '!',
    dollar: '$',
    ast: '*',
    lpar: '(',
    rpar: ')',
    tab: '\t',
    newline: '\n',
  },
}

/** Reads the escapes of URLs, JSON, JavaScript and HTML in one pass; undefined where there is none. */
export function unescaped(text: string): Unescaped | undefined {
  if (!/[%\\&]/.test(text)) return undefined
  const pieces: string[] = []
  const origins = new Uint32Array(text.length + 1)
  let length = 0
  let read = 0
  const keep = (piece: string, origin: number, stride: 0 | 1): void => {
    pieces.push(piece)
    for (let at = 0; at < piece.length; at += 1) origins[length + at] = origin + at * stride
    length += piece.length
  }
  for (const match of text.matchAll(ESCAPE)) {
    const sign = meaning(match)
    if (sign === undefined) continue
    keep(text.slice(read, match.index), read, 1)
    keep(sign, match.index, 0)
    read = match.index + match[0].length
  }
  if (read === 0) return undefined
  keep(text.slice(read), read, 1)
  origins[length] = text.length
  return { text: pieces.join(''), origins }
}

function meaning(match: RegExpExecArray): string | undefined {
  const [, percent, unicodePercent, unicode, short, letter, hex, decimal, name] = match
  const code = percent ?? unicodePercent ?? unicode ?? short ?? hex
  if (code !== undefined) return ofCode(Number.parseInt(code, 16))
  if (decimal !== undefined) return ofCode(Number(decimal))
  if (letter !== undefined) return SHORT[letter.toLowerCase()] ?? letter
  const known = name?.toLowerCase()
  return known !== undefined && Object.hasOwn(ENTITIES, known) ? ENTITIES[known] : undefined
}

// One character for one escape: what no rule could match stands for everything beyond the basic plane.
function ofCode(code: number): string {
  return code > 0xffff ? '\ufffd' : String.fromCharCode(code)
}
