import { describe, expect, it } from 'vitest'
import { firstWords, tidyTitle } from './title.ts'

describe('a first title', () => {
  it('is the first words, cut at a word, never more than 60 characters', () => {
    expect(firstWords('  Hello,\n\tworld  ')).toBe('Hello, world')
    const long = firstWords('one two three four five six seven eight nine ten eleven twelve thirteen')
    expect(long).toBe('one two three four five six seven eight nine ten eleven…')
    for (const text of ['x'.repeat(200), '😀'.repeat(100), `${'a'.repeat(59)} b`, `${'a '.repeat(100)}`]) {
      const title = firstWords(text)
      expect(title.length).toBeLessThanOrEqual(60)
      expect(title.isWellFormed()).toBe(true)
    }
  })

  it('holds no Markdown, control characters or changes of direction, and leaves names as they are', () => {
    expect(firstWords('# **Plan** for `npm run build`')).toBe('Plan for npm run build')
    expect(firstWords('> - [a link](http://x.y) and *more*')).toBe('- a link and more')
    expect(firstWords('1. first\n2. second')).toBe('first second')
    expect(firstWords('```ts\nlet snake_case = 2 * 3 * 4\n```')).toBe('let snake_case = 2 * 3 * 4')
    expect(firstWords('a\u0007b\u0000c\u202Ed')).toBe('a b cd')
    expect(firstWords('\ud800 half')).toBe('\ufffd half')
  })

  it('is never empty for a message that is not', () => {
    for (const text of ['***', '```', '#', '**', '> ']) expect(firstWords(text)).not.toBe('')
  })
})

describe('a title that a model worded', () => {
  it('loses what a list of titles has no place for', () => {
    expect(tidyTitle('\n"A walk in Lyon."\n\nI chose this because')).toBe('A walk in Lyon')
    expect(tidyTitle('Title: **Weather** in Lyon')).toBe('Weather in Lyon')
    expect(tidyTitle('« Été à Zürich »')).toBe('Été à Zürich')
    expect(tidyTitle('And so on...')).toBe('And so on...')
    expect(tidyTitle('x'.repeat(500)).length).toBeLessThanOrEqual(60)
    for (const nothing of ['', '\n\n', '""', '**']) expect(tidyTitle(nothing)).toBe('')
  })
})
