import type { RedactionRule } from './rule.ts'

/** Numbers of payment cards: how they begin, and how many digits they then have. */
const CARDS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^(?:352[89]|35[3-8])/, [16, 19]],
  [/^(?:30[0-5]|3095|36|3[89])/, [14, 16]],
  [/^(?:62|81)/, [16, 19]],
  [/^(?:50|5[6-9]|6[037])/, [16, 19]],
  [/^220[0-4]/, [16]],
]

const GROUPS =
  '\\d{13,19}|\\d{4}([ -])\\d{4}\\2\\d{4}\\2\\d{4}(?:\\2\\d{3})?|\\d{4}([ -])\\d{6}\\3\\d{4,5}|\\d{4}([ -])\\d{4}\\4\\d{4}\\4\\d{2}'

/** Country → length of its IBANs (ISO 13616 registry). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

/** Numbers of cards and bank accounts; their check digits tell them from other numbers. */
export const numberRules: readonly RedactionRule[] = [
  {
    kind: 'payment_card',
    finds: 'numbers of payment cards, by their beginning, length and check digit (Luhn)',
    triggers: ['0000'],
    pattern: new RegExp(`(?<![\\w]|\\d[.,-])()(?:${GROUPS})(?!\\w|[.,-]\\d)`, 'g'),
    endOf: (text, start, end) => (isCard(text.slice(start, end).replace(/[ -]/g, '')) ? end : start),
  },
  {
    kind: 'iban',
    finds: 'IBANs, by the length of their country and their check digits (mod 97)',
    triggers: Object.keys(IBAN_LENGTHS).map((country) => `${country.toLowerCase()}00`),
    pattern:
      /(?<![A-Za-z0-9])(?:[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)(?![A-Za-z0-9])|[a-z]{2}\d{2}[a-z0-9]{11,30}(?![A-Za-z0-9]))/g,
    endOf: endOfIban,
  },
]

function isCard(digits: string): boolean {
  return (
    CARDS.some(([begins, lengths]) => lengths.includes(digits.length) && begins.test(digits)) && luhn(digits)
  )
}

/** Whether the digits meet the check of ISO 7812. */
function luhn(digits: string): boolean {
  let sum = 0
  for (let place = 1; place <= digits.length; place += 1) {
    const digit = Number(digits[digits.length - place]) * (place % 2 === 0 ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return sum % 10 === 0
}

// What is written in groups may run on into the next word: the country says where it ends.
function endOfIban(text: string, start: number, end: number): number {
  const length = IBAN_LENGTHS[text.slice(start, start + 2).toUpperCase()]
  if (length === undefined) return start
  let iban = ''
  let at = start
  for (; at < end && iban.length < length; at += 1) if (text[at] !== ' ') iban += text[at]
  const whole = iban.length === length && !/[A-Za-z0-9]/.test(text[at] ?? '')
  return whole && mod97(iban) === 1 ? at : start
}

function mod97(iban: string): number {
  let remainder = 0
  for (const sign of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of String(Number.parseInt(sign, 36))) remainder = (remainder * 10 + Number(digit)) % 97
  }
  return remainder
}
