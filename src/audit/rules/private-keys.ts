import type { RedactionRule } from './rule.ts'

/** No key file is longer; an RSA key of 16,384 bits takes 13,000 characters. */
const LONGEST_KEY = 20_000
const BOUNDARY =
  /-----(?:BEGIN|END) [A-Z0-9 ]{0,40}-----|PuTTY-User-Key-File|Private-MAC:\s{0,4}[0-9a-f]{0,64}/g
/** What a key file's lines are made of when its end is missing, also with `\n` for a line's end. */
const BODY = /(?:\s|\\[nrt])+(?:[A-Za-z-]{4,20}: [^\n\\]{0,100}(?=\n|\\n)|[\w+/=]{16,200}(?![^\s\\"'=]))/y

/** Keys as files hold them, on many lines or on one. */
export const privateKeyRules: readonly RedactionRule[] = [
  {
    kind: 'private_key',
    finds: 'private keys in PEM, OpenSSH, PGP and PuTTY form, also on one line, escaped or cut off',
    triggers: ['private key', 'putty-user-key-file'],
    pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:/g,
    endOf: endOfKey,
  },
  {
    kind: 'private_key',
    finds: 'age identities (`AGE-SECRET-KEY-…`), the body of an OpenSSH key',
    triggers: ['age-secret', 'b0blbnnzac0rzxktdje'],
    pattern: /AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20,}|b3BlbnNzaC1rZXktdjE[\w+/=-]{16,}/gi,
  },
]

function endOfKey(text: string, start: number, end: number): number {
  BOUNDARY.lastIndex = end
  const rest = BOUNDARY.exec(text.slice(0, start + LONGEST_KEY))
  if (rest !== null && !/BEGIN|PuTTY/.test(rest[0])) return rest.index + rest[0].length
  let reached = end
  BODY.lastIndex = end
  while (reached - start < LONGEST_KEY && BODY.test(text)) reached = BODY.lastIndex
  return reached === end ? start : reached
}
