import { resolve } from 'node:path'
import { z } from 'zod'
import { resultText } from '../../src/load/report/text.ts'
import { argument, defineCommand, option } from '../define.ts'
import { readResult } from './result-file.ts'

export default defineCommand({
  examples: [
    ['helix loadtest report result.json', 'show a result again'],
    [
      'helix loadtest report result.json --html report.html',
      'as a page with plots, which loads nothing from anywhere',
    ],
  ],
  arguments: { file: argument('<file>', 'what --output wrote', z.string().min(1)) },
  options: { html: option('--html <file>', 'write a page', z.string().min(1).optional()) },
  acts: ['file.write.start'],
  async run({ file, html }, context) {
    const result = await readResult(context, file)
    if (html !== undefined) {
      const { resultHtml } = await import('../../src/load/report/html.ts')
      await context.log('person').files.replace(resolve(context.cwd, html), resultHtml(result))
    }
    return { result, html: html ?? null }
  },
  view: ({ result, html }, { colour }) => (html === null ? resultText(result, colour) : `Wrote ${html}.`),
})
