import { type ComponentChild, Fragment, isValidElement } from 'preact'
import { CodeBlock } from './code-block.tsx'
import { Formula } from './formula-view.tsx'
import type { MarkdownKit } from './kit.ts'

/** An element of a rendered message, components left out. */
export interface Element {
  type: string
  props: Record<string, unknown>
  text: string
  children: Element[]
}

const nothing = { value: { value: undefined, peek: () => undefined }, load() {} }
/** A kit whose lazy parts never arrive. */
export const kit = {
  words: { copy: 'Copy', copied: 'Copied', code: 'code', image: (alt: string) => `image: ${alt}` },
  copy: async () => {},
  highlight: nothing,
  formula: nothing,
} as unknown as MarkdownKit

/** What rendering came to: every element with its attributes, as the browser would be told to make it. */
export function elementsOf(child: unknown): Element {
  const root: Element = { type: '', props: {}, text: '', children: [] }
  collect(child as ComponentChild, root)
  return root
}

function collect(child: unknown, parent: Element): void {
  if (Array.isArray(child)) for (const one of child) collect(one, parent)
  else if (typeof child === 'string' || typeof child === 'number') parent.text += child
  else if (isValidElement(child)) {
    const { type, props } = child as { type: unknown; props: Record<string, unknown> }
    const inner = insideOf(type, props)
    if (typeof type !== 'string') {
      collect(inner, parent)
      return
    }
    const { children: _, ...attributes } = props
    const element: Element = { type, props: attributes, text: '', children: [] }
    collect(inner, element)
    parent.children.push(element)
    parent.text += element.text
  }
}

/** What a component stands for, without running it. */
function insideOf(type: unknown, props: Record<string, unknown>): unknown {
  if (type === CodeBlock) return ['```', props.language, ' ', props.code]
  if (type === Formula) return ['⟦', (props.token as { text: string }).text, '⟧']
  if (type === Fragment || typeof type === 'string') return props.children
  throw new Error(`Unexpected component ${String(type)}`)
}

/** All elements below, in order. */
export function everyElement(root: Element): Element[] {
  return root.children.flatMap((child) => [child, ...everyElement(child)])
}
