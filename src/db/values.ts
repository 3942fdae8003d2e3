/** Turns PostgreSQL's text form of one value into the JavaScript value every adapter promises. */
type ValueParser = (text: string) => unknown

const INT8 = 20
const BYTEA = 17
const TIMESTAMPTZ = 1184

const asIs: ValueParser = (text) => text

const PARSERS: ReadonlyMap<number, ValueParser> = new Map<number, ValueParser>([
  [16, (text) => text === 't'], // bool
  [BYTEA, parseBytea],
  [INT8, parseInt8],
  [21, Number], // int2
  [23, Number], // int4
  [26, Number], // oid
  [114, (text) => JSON.parse(text)], // json
  [700, Number], // float4
  [701, Number], // float8
  [TIMESTAMPTZ, parseTimestamptz],
  [3802, (text) => JSON.parse(text)], // jsonb
])

/** Object ids of the built-in array types, each with its element's. */
const ELEMENTS: ReadonlyMap<number, number> = new Map([
  [199, 114], // json[]
  [1000, 16], // bool[]
  [1001, BYTEA],
  [1003, 19], // name[]
  [1005, 21], // int2[]
  [1007, 23], // int4[]
  [1009, 25], // text[]
  [1015, 1043], // varchar[]
  [1016, INT8],
  [1021, 700], // float4[]
  [1022, 701], // float8[]
  [1028, 26], // oid[]
  [1182, 1082], // date[]
  [1185, TIMESTAMPTZ],
  [1231, 1700], // numeric[]
  [2951, 2950], // uuid[]
  [3807, 3802], // jsonb[]
])

/** The parser for values of the type with object id `oid`; types not named above stay text. */
export function valueParser(oid: number): ValueParser {
  const element = ELEMENTS.get(oid)
  if (element === undefined) return PARSERS.get(oid) ?? asIs
  const parseElement = PARSERS.get(element) ?? asIs
  return (text) => parseArray(text, parseElement)
}

function parseInt8(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

function parseBytea(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}

const FURTHEST_DATE = 8.64e15

/** Years of four digits are the hot path; the others need the expanded form ECMAScript knows. */
function parseTimestamptz(text: string): Date {
  if (text === 'infinity') return new Date(FURTHEST_DATE)
  if (text === '-infinity') return new Date(-FURTHEST_DATE)
  const parts = /^(\d{4,})(-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?(?::\d\d)?( BC)?$/.exec(
    text,
  )
  if (!parts) return new Date(text)
  const [, year = '', day, time, hours, minutes = ':00', era] = parts
  return new Date(`${isoYear(year, era !== undefined)}${day}T${time}${hours}${minutes}`)
}

function isoYear(year: string, beforeChrist: boolean): string {
  if (beforeChrist) return `-${String(Number(year) - 1).padStart(6, '0')}`.replace('-000000', '+000000')
  return year.length === 4 ? year : `+${year.padStart(6, '0')}`
}

/** Reads `{a,"b c",NULL,{…}}`, PostgreSQL's text form of an array of any depth. */
function parseArray(text: string, parseElement: ValueParser): unknown[] {
  let at = text.indexOf('{')

  function quoted(): unknown {
    let value = ''
    for (at += 1; text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1
      value += text[at]
    }
    at += 1
    return parseElement(value)
  }

  function bare(): unknown {
    const start = at
    while (text[at] !== ',' && text[at] !== '}') at += 1
    const value = text.slice(start, at)
    return value === 'NULL' ? null : parseElement(value)
  }

  function list(): unknown[] {
    const values: unknown[] = []
    for (at += 1; at < text.length; at += 1) {
      if (text[at] === '}') break
      if (text[at] === '{') values.push(list())
      else if (text[at] === '"') values.push(quoted())
      else values.push(bare())
      if (text[at] === '}') break
    }
    at += 1
    return values
  }

  return list()
}
