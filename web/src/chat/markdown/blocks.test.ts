import { describe, expect, it } from 'vitest'
import { createBlocks } from './blocks.ts'

const TEXT = `# Title

A paragraph with **bold** words
on two lines.

- one
- two

  with more

\`\`\`js
let a = 1

let b = 2
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

The end.`

const grow = (text: string, step: number) => {
  const blocks = createBlocks()
  const seen = []
  for (let upto = step; upto < text.length; upto += step) seen.push(blocks.update(text.slice(0, upto), false))
  seen.push(blocks.update(text, true))
  return seen
}

describe('the blocks of a growing message', () => {
  it.each([1, 3, 7, 50])('are those of the whole at the end, %d characters at a time', (step) => {
    const last = grow(TEXT, step).at(-1)
    expect(last?.map(({ token }) => token)).toEqual(
      createBlocks()
        .update(TEXT, true)
        .map(({ token }) => token),
    )
  })

  it('keep their identity once they are finished', () => {
    const [first, ...later] = grow(TEXT, 1).filter((blocks) => blocks.length >= 3)
    const heading = first?.[0]
    expect(heading?.token.type).toBe('heading')
    expect(later.every((blocks) => blocks[0] === heading)).toBe(true)
  })

  it('never come to be fewer, and never change but for the last two', () => {
    const seen = grow(TEXT, 1).slice(0, -1)
    for (const [index, blocks] of seen.entries()) {
      const next = seen[index + 1] ?? blocks
      expect(next.length).toBeGreaterThanOrEqual(blocks.length - 1)
      for (const [place, block] of blocks.slice(0, -2).entries()) expect(next[place]?.token).toBe(block.token)
    }
  })

  it('hold an unclosed fence as code from its first line on', () => {
    expect(createBlocks().update('Look:\n\n```js\nlet', false).at(-1)?.token.type).toBe('code')
  })

  it('keep a list together across blank lines', () => {
    const blocks = createBlocks()
    for (const text of ['- a\n', '- a\n\n', '- a\n\n-', '- a\n\n- ', '- a\n\n- b'])
      expect(blocks.update(text, false).at(-1)?.token.type, text).toBeTypeOf('string')
    expect(blocks.update('- a\n\n- b\n', false)).toHaveLength(1)
  })

  it('resolve a link that is defined at the end', () => {
    const blocks = createBlocks()
    blocks.update('See [the page][1].\n\nMore.\n\n', false)
    const [first] = blocks.update('See [the page][1].\n\nMore.\n\n[1]: https://example.com', true)
    expect(JSON.stringify(first?.token)).toContain('https://example.com')
  })

  it('begin anew when the text is another', () => {
    const blocks = createBlocks()
    blocks.update('one\n\ntwo\n\nthree\n\n', false)
    expect(blocks.update('other', false).map(({ token }) => token.raw)).toEqual(['other'])
  })
})
