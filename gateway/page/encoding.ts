/** The forms a file may be kept in, best first, by the name HTTP has for each. */
export const ENCODINGS = ['br', 'gzip'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** The best of the kept forms that the caller takes; undefined for the plain one (RFC 9110, 12.5.3). */
export function chooseEncoding(
  accepted: string | undefined,
  kept: (encoding: Encoding) => boolean,
): Encoding | undefined {
  const weights = new Map((accepted ?? '').toLowerCase().split(',').map(weigh))
  return ENCODINGS.find((encoding) => kept(encoding) && (weights.get(encoding) ?? weights.get('*') ?? 0) > 0)
}

function weigh(part: string): [string, number] {
  const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  return [name, weight === undefined ? 1 : Number(weight.slice(2)) || 0]
}
