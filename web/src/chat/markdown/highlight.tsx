import { common, createLowlight } from 'lowlight'
import type { ComponentChildren } from 'preact'

/** Code longer than this is shown without colours: nobody reads it here, and colouring it would hold up the page. */
const LONGEST = 60_000
const CLASS = /^(?:hljs-[a-z_-]+|[a-z]+_)$/

const lowlight = createLowlight(common)

type Node = ReturnType<typeof lowlight.highlight>['children'][number]

/** Code as coloured pieces; undefined for a language it does not know. */
export function highlight(language: string, code: string): ComponentChildren | undefined {
  if (code.length > LONGEST || !lowlight.registered(language)) return undefined
  return lowlight.highlight(language, code).children.map(toPiece)
}

function toPiece(node: Node): ComponentChildren {
  if (node.type === 'text') return node.value
  if (node.type !== 'element') return null
  const names = Array.isArray(node.properties.className) ? node.properties.className.map(String) : []
  return <span class={names.filter((name) => CLASS.test(name)).join(' ')}>{node.children.map(toPiece)}</span>
}
