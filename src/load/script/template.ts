import { randomInt, randomUUID } from 'node:crypto'

/** What a virtual user knows: variables of the script, what was captured, and what loops set. */
export type Variables = Record<string, unknown>

const PLACE = /\{\{\s*([^{}]+?)\s*\}\}/g
const WHOLE = /^\{\{\s*([^{}]+?)\s*\}\}$/

/** The value with every `{{ name }}` in it replaced; one that is nothing else keeps its type. */
export function filled<T>(value: T, variables: Variables): T
export function filled(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return filledText(value, variables)
  if (Array.isArray(value)) return value.map((each) => filled(each, variables))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, variables)]))
}

/** Whether filling it in can change anything: what cannot is prepared once. */
export function hasPlaces(value: unknown): boolean {
  return JSON.stringify(value)?.includes('{{') ?? false
}

function filledText(text: string, variables: Variables): unknown {
  if (!text.includes('{{')) return text
  const [, whole] = WHOLE.exec(text) ?? []
  if (whole !== undefined) return placeValue(whole, variables)
  return text.replaceAll(PLACE, (_place, name: string) => {
    const value = placeValue(name, variables)
    return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
  })
}

function placeValue(expression: string, variables: Variables): unknown {
  if (expression === '$uuid') return randomUUID()
  const [, from, to] = /^\$randomNumber\(\s*(-?\d+)\s*,\s*(-?\d+)\s*\)$/.exec(expression) ?? []
  if (from !== undefined) return randomInt(Number(from), Number(to) + 1)
  return pathIn(variables, expression)
}

/** The value at `a.b[0].c`, or `$.a.b` as JSONPath writes it; undefined where there is none. */
export function pathIn(value: unknown, path: string): unknown {
  const keys = path.replace(/^\$\.?(?=[.[\w]|$)(?!processEnvironment|loop)/, '').match(/[^.[\]"']+/g) ?? []
  return keys.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  )
}

/** Whether a condition such as `found`, `!found` or `status == 'open'` holds. */
export function holds(condition: string, variables: Variables): boolean {
  const [, left = '', operator, right = ''] =
    /^\s*(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$/.exec(condition) ?? []
  if (operator === undefined) {
    const [, not, name = ''] = /^\s*(!?)\s*(.+?)\s*$/.exec(condition) ?? []
    return Boolean(pathIn(variables, name)) !== (not === '!')
  }
  const [a, b] = [operand(left, variables), operand(right, variables)]
  if (operator === '==') return a === b
  if (operator === '!=') return a !== b
  const order = Number(a) - Number(b)
  return operator === '<'
    ? order < 0
    : operator === '>'
      ? order > 0
      : operator === '<='
        ? order <= 0
        : order >= 0
}

function operand(text: string, variables: Variables): unknown {
  const [, quoted] = /^(?:'(.*)'|"(.*)")$/.exec(text) ?? []
  if (quoted !== undefined) return quoted
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  return pathIn(variables, text)
}

/** What a text says as JSON; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
