import { type ComponentChildren, h } from 'preact'
import temml from 'temml'
import 'temml/dist/Temml-Local.css'

/** Macros a formula may expand: enough for any that is meant to be read. */
const MOST_EXPANSIONS = 200
/** Parentheses may stand within each other so deeply that a browser still lays them out at once. */
const DEEPEST = 60
const LARGEST_EM = 20

const ELEMENTS = new Set([
  ...['math', 'mrow', 'mi', 'mn', 'mo', 'mtext', 'ms', 'mspace', 'mfrac', 'msqrt', 'mroot', 'mstyle'],
  ...['merror', 'mpadded', 'mphantom', 'menclose', 'msub', 'msup', 'msubsup', 'munder', 'mover'],
  ...['munderover', 'mmultiscripts', 'mprescripts', 'none', 'mtable', 'mtr', 'mtd', 'semantics'],
])
const ATTRIBUTES = new Set([
  ...['display', 'displaystyle', 'scriptlevel', 'mathvariant', 'stretchy', 'symmetric', 'fence', 'form'],
  ...['separator', 'lspace', 'rspace', 'minsize', 'maxsize', 'movablelimits', 'largeop', 'accent'],
  ...['accentunder', 'linethickness', 'width', 'height', 'depth', 'voffset', 'columnalign', 'rowalign'],
  ...['columnspacing', 'rowspacing', 'columnlines', 'rowlines', 'notation', 'mathcolor', 'mathbackground'],
])
const STYLES = new Set([
  ...[
    'display',
    'color',
    'background',
    'backgroundColor',
    'fontWeight',
    'fontStyle',
    'fontFamily',
    'fontSize',
  ],
  ...[
    'textAlign',
    'padding',
    'paddingLeft',
    'paddingRight',
    'paddingTop',
    'paddingBottom',
    'width',
    'height',
  ],
  ...['border', 'borderTop', 'borderBottom', 'borderLeft', 'borderRight', 'verticalAlign', 'textDecoration'],
])

const CLASS = /^(?:tml|wbk|chr|ff|longdiv|phasor|circle)-[a-z0-9-]+$|^(?:mathcal|mathscr|actuarial|menclose)$/
const VALUE = /^(?!.*(?:url|expression))[\w#%.,() -]{1,60}$/i

/** A node as temml builds it: an element, a fragment (no type) or text. */
interface MathNode {
  type?: string
  text?: string
  attributes?: Record<string, unknown>
  classes?: string[]
  style?: Record<string, unknown>
  children?: MathNode[]
}

/**
 * TeX as MathML elements; undefined where it is no formula. Nothing comes from the formula but known elements, known
 * attributes and text: no addresses, no event handlers, no markup.
 */
export function formula(tex: string, display: boolean): ComponentChildren | undefined {
  if (depthOf(tex) > DEEPEST) return undefined
  try {
    return toElement(
      temml.__renderToMathMLTree(tex, {
        displayMode: display,
        throwOnError: true,
        trust: false,
        strict: false,
        maxExpand: MOST_EXPANSIONS,
        maxSize: [LARGEST_EM, LARGEST_EM],
      }),
    )
  } catch {
    return undefined
  }
}

function toElement(node: MathNode): ComponentChildren {
  if (node.type === undefined) return node.text ?? (node.children ?? []).map(toElement)
  if (!ELEMENTS.has(node.type)) return (node.children ?? []).map(toElement)
  const names = (node.classes ?? []).filter((name) => CLASS.test(name))
  return h(
    node.type,
    {
      ...picked(node.attributes, ATTRIBUTES),
      ...(names.length > 0 ? { class: names.join(' ') } : {}),
      style: picked(node.style, STYLES),
    },
    (node.children ?? []).map(toElement),
  )
}

function picked(given: Record<string, unknown> | undefined, known: ReadonlySet<string>) {
  const entries = Object.entries(given ?? {}).map(([name, value]) => [name, String(value)] as const)
  return Object.fromEntries(entries.filter(([name, value]) => known.has(name) && VALUE.test(value)))
}

/** How deeply groups stand within each other, by their braces and `\\left`s. */
function depthOf(tex: string): number {
  let depth = 0
  let deepest = 0
  for (const [mark] of tex.matchAll(/[{}]|\\(?:left|right|begin|end)\b/g)) {
    depth += mark === '{' || mark === '\\left' || mark === '\\begin' ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}
