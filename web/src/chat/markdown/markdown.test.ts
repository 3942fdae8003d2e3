import { describe, expect, it } from 'vitest'
import { lex } from './lexer.ts'
import { renderBlock } from './render.tsx'
import { elementsOf, everyElement, kit } from './tree.case.ts'

const render = (text: string) => elementsOf(lex(text).map((token) => renderBlock(token, kit)))
const types = (text: string) => everyElement(render(text)).map(({ type }) => type)
const find = (text: string, type: string) => everyElement(render(text)).filter((one) => one.type === type)

describe('a message', () => {
  it('has paragraphs, emphasis, lists, quotes, headings and rules', () => {
    expect(
      types('Hello *you* and **all**, ~~not~~ `this`\n\n> quoted\n\n---\n\n# Title\n\n1. a\n2. b'),
    ).toEqual(['p', 'em', 'strong', 'del', 'code', 'blockquote', 'p', 'hr', 'h3', 'ol', 'li', 'li'])
  })

  it('keeps the number a list begins with', () => {
    expect(find('3. c\n4. d', 'ol')[0]?.props.start).toBe(3)
  })

  it('has tables with the alignment of their columns', () => {
    const cells = find('| a | b |\n|---|--:|\n| 1 | **2** |', 'td')
    expect(cells.map(({ text }) => text)).toEqual(['1', '2'])
    expect(types('| a | b |\n|---|--:|\n| 1 | **2** |')).toContain('strong')
  })

  it('has task lists whose boxes cannot be ticked', () => {
    const boxes = find('- [x] done\n- [ ] open', 'input')
    expect(boxes.map(({ props }) => [props.checked, props.disabled])).toEqual([
      [true, true],
      [false, true],
    ])
  })

  it('has code with its language, also before the fence is closed', () => {
    expect(render('```ts\nlet a').text).toBe('```ts let a')
    expect(render('```JS title="x"\nlet a\n```').text).toBe('```js let a')
  })

  it.each([
    ['$x^2$', '⟦x^2⟧'],
    ['a \\(y\\) b', 'a ⟦y⟧ b'],
    ['$$\na\n- b\n$$', '⟦a\n- b⟧'],
    ['\\[ z \\]', '⟦z⟧'],
    ['where $$q$$ is', 'where ⟦q⟧ is'],
    ['from $5 to $10', 'from $5 to $10'],
    ['it costs $5 and $ 6', 'it costs $5 and $ 6'],
    ['`$x$`', '$x$'],
  ])('reads the formulas in %j', (text, shown) => {
    expect(render(text).text).toBe(shown)
  })

  it('resolves character references into text', () => {
    expect(render('&lt;b&gt; &amp;amp; &#233; &mdash; &nope; &#0;').text).toBe('<b> &amp; é — &nope; \uFFFD')
  })

  it('shows HTML as the text it is, but for a line break', () => {
    expect(render('<b onclick="x()">a</b><br>b').text).toBe('<b onclick="x()">a</b>b')
    expect(types('a<br>b')).toEqual(['p', 'br'])
    expect(render('<script>alert(1)</script>').text).toContain('<script>alert(1)</script>')
  })

  it('links only to http, https and mail addresses, in a tab that knows nothing of this one', () => {
    const [link] = find('[a](https://example.com/?q=1 "t")', 'a')
    expect(link?.props).toMatchObject({
      href: 'https://example.com/?q=1',
      title: 't',
      rel: 'noopener noreferrer',
    })
    for (const href of [
      'javascript:alert(1)',
      'JaVaScRiPt:a',
      'data:text/html,x',
      'vbscript:x',
      '/settings',
      '//x',
      'file:///x',
    ])
      expect(find(`[a](${href})`, 'a'), href).toEqual([])
    expect(find('[a](java&#115;cript:alert(1))', 'a')).toEqual([])
    expect(find('mail me@example.com', 'a')[0]?.props.href).toBe('mailto:me@example.com')
  })

  it('runs in the direction of its first letter, one block as a whole, and code from the left', () => {
    const text = '- مرحبا\n\n  > مرحبا\n\n# مرحبا\n\n| مرحبا |\n|---|\n\n> # مرحبا'
    const outer = render(text).children.map(({ type, props }) => [type, props.dir])
    expect(outer).toEqual(['ul', 'h3', 'div', 'blockquote'].map((type) => [type, 'auto']))
    const directed = everyElement(render(text)).filter(({ props }) => props.dir !== undefined)
    expect(directed).toHaveLength(outer.length)
  })

  it('names pictures and links to them, and loads none', () => {
    const text = '![a cat](https://example.com/cat.png)'
    expect(types(text)).toEqual(['p', 'a'])
    expect(render(text).text).toBe('image: a cat')
  })
})
