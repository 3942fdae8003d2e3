import { z } from 'zod'
import { resultText } from '../../src/load/report/text.ts'
import { argument, defineCommand, option } from '../define.ts'
import { loadOptions } from './options.ts'
import { perform } from './perform.ts'
import { verdictOf } from './verdict.ts'

const many = z.coerce.number().int().min(1).max(100_000)

export default defineCommand({
  examples: [
    [
      'helix loadtest quick --count 10 --num 100 http://127.0.0.1:3000/api/chat/message',
      '10 users, 100 messages each',
    ],
    ['helix loadtest quick -c 50 -n 20 http://127.0.0.1:3000/health', 'any address'],
  ],
  description:
    'All users come within a second, and each asks again as soon as there is an answer: a burst, to see whether it ' +
    'holds. The chat route takes messages, so there it sends them. helix loadtest run is the honest test of how fast.',
  arguments: { url: argument('<url>', 'what is asked', z.url({ protocol: /^https?$/ })) },
  options: {
    count: option('-c, --count <users>', 'how many users', many.default(10)),
    num: option('-n, --num <requests>', 'how often each asks', many.default(10)),
    ...loadOptions,
  },
  acts: ['loadtest.run.start', 'file.write.start'],
  async run({ url, count, num, ...options }, context) {
    const { quickScript } = await import('../../src/load/quick.ts')
    const at = new URL(url)
    const { chats, script } = quickScript(at, { count, num })
    if (chats) context.note(`${at.pathname} takes messages: each request is a POST that says hello`)
    const name = `quick ${at.pathname}`
    return perform({ name, script, target: at.origin, takeTurns: true, ...options }, context)
  },
  view: (result, { colour }) => resultText(result, colour),
  verdict: verdictOf,
})
