import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBlocks } from './blocks.ts'
import { formula } from './formula.tsx'
import { highlight } from './highlight.tsx'
import { lex } from './lexer.ts'
import { renderBlock } from './render.tsx'
import { type Element, elementsOf, everyElement, kit } from './tree.case.ts'

const PIECES = [
  ...[
    '*',
    '_',
    '**',
    '~~',
    '`',
    '```',
    '~~~',
    '[',
    ']',
    '](',
    '(',
    ')',
    '![',
    '<',
    '>',
    '</',
    '/>',
    '"',
    "'",
  ],
  ...[
    '$',
    '$$',
    '\\(',
    '\\)',
    '\\[',
    '\\]',
    '\\',
    '|',
    '|-|',
    '\n',
    '\n\n',
    '    ',
    '\t',
    '- ',
    '1. ',
    '# ',
    '> ',
  ],
  ...[
    '[a](javascript:alert(1))',
    '![a](data:text/html,x)',
    '<javascript:alert(1)>',
    '[a](java&#115;cript:x "t")',
  ],
  ...['- [ ] ', '===', '---', '&amp;', '&#x6a;', 'javascript:', 'data:text/html,', 'https://a.b', 'x@y.zz'],
  ...[
    '<script>',
    '<img src=x onerror=alert(1)>',
    '<svg onload=alert(1)>',
    '[a]: javascript:x',
    'word',
    ' ',
    'é',
    '\u202E',
  ],
  ...['\\href{javascript:alert(1)}{x}', '\\frac', '{', '}', '^', '_', '\\def\\a{\\a\\a}', '\\left('],
]
const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''))
const anything = fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 200 }))

const render = (text: string) => elementsOf(lex(text).map((token) => renderBlock(token, kit)))

/** What no message may become, whatever it says. */
function isInert(root: Element): boolean {
  return everyElement(root).every(
    ({ type, props }) =>
      !/^(script|style|iframe|object|embed|img|svg|form|base|link|meta|video|audio|annotation-xml)$/i.test(
        type,
      ) &&
      Object.entries(props).every(
        ([name, value]) =>
          !/^on/i.test(name) &&
          name !== 'dangerouslySetInnerHTML' &&
          name !== 'src' &&
          (name !== 'href' || /^(https?|mailto):/.test(String(value))),
      ),
  )
}

describe('hostile text', () => {
  it('never throws and never becomes anything that acts', () => {
    fc.assert(
      fc.property(anything, (text) => isInert(render(text))),
      { numRuns: 2_000 },
    )
  })

  it('never throws and never becomes anything that acts within a formula', () => {
    const acts = (text: string) => isInert(elementsOf(formula(text, true)))
    fc.assert(fc.property(anything, acts), { numRuns: 1_000 })
    for (const tex of [
      '\\href{javascript:alert(1)}{x}',
      '\\includegraphics{http://a/b.png}',
      '\\style{color:url(x)}{y}',
    ])
      expect(acts(tex)).toBe(true)
  })

  it('comes out of code as it went in, whatever its language', () => {
    const languages = fc.constantFrom('javascript', 'html', 'css', 'markdown', 'sql', 'bash')
    fc.assert(
      fc.property(languages, anything, (language, code) => {
        const shown = elementsOf(highlight(language, code))
        return shown.text === code && isInert(shown)
      }),
      { numRuns: 300 },
    )
  })

  it('arrives the same in pieces as at once', () => {
    fc.assert(
      fc.property(anything, fc.array(fc.nat(40), { maxLength: 30 }), (text, cuts) => {
        const blocks = createBlocks()
        let upto = 0
        for (const cut of cuts) {
          upto += cut
          blocks.update(text.slice(0, upto), false)
        }
        const grown = blocks.update(text, true).map(({ token }) => token.raw)
        const whole = createBlocks()
          .update(text, true)
          .map(({ token }) => token.raw)
        expect(grown).toEqual(whole)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['brackets', '['],
    ['stars', '*a'],
    ['emphasis', 'a_'],
    ['quotes', '> '],
    ['lists', '- '],
    ['numbers', '1. '],
    ['half fences', '```\n'],
    ['pipes', '|'],
    ['entities', '&'],
    ['tags', '<a '],
    ['comments', '<!--'],
    ['dollars', '$'],
    ['dollar words', '$a'],
    ['display maths', '$$\n'],
    ['bracket maths', '\\[\n'],
    ['images', '!['],
    ['mail', 'a@'],
    ['urls', 'http://'],
    ['tildes', '~a~~'],
    ['definitions', '[a]: b\n'],
    ['blank lines', '\n\n- a'],
  ])('takes time in proportion to its length: %s', (_, piece) => {
    const time = (length: number) => {
      const text = piece.repeat(length / piece.length)
      const began = performance.now()
      render(text)
      return performance.now() - began
    }
    time(20_000)
    expect(time(200_000)).toBeLessThan(Math.max(400, 30 * time(20_000)))
  })
})
