import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../src/contract/api.ts'
import type { Operation } from '../../src/contract/operation.ts'
import { speaksGotrue } from '../../src/openapi/problems.ts'
import { makeThings, type Things } from '../http/two-users/things.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf } from '../support/operations.ts'

/** Their example is a reply, not a message of one's own. */
const ABOUT_REPLIES = new Set(['regenerateReply', 'giveFeedback'])

/** Calls that end what the others need come last. */
const order = ({ method, id }: Operation) => (id === 'deleteAccount' ? 2 : method === 'delete' ? 1 : 0)
const asked = operations
  // What an operator, or a deploy, is given; here nobody is.
  .filter(({ id }) => id !== 'passMaintenance' && id !== 'streamProbe')
  .filter((one) => (one.access === 'person' || one.access === 'public') && !speaksGotrue(one))
  .toSorted((one, other) => order(one) - order(other))

describe('the calls of the reference', () => {
  let gateway: TestGateway
  let visitor: Visitor
  let things: Things
  let page: string
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite', settings: { limits: { turnBurst: 1_000 } } })
    visitor = await gateway.signUp()
    things = await makeThings(visitor, 'word')
    page = await (await fetch(`${gateway.url}/docs/api`)).text()
  })
  afterAll(() => gateway.close())

  /** What stands to be pasted in a part of the page. */
  const callsIn = (html: string) =>
    [...html.matchAll(/<pre><code>(.*?)<\/code><\/pre>/gs)].map(([, text = '']) =>
      text
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&'),
    )

  /** What the page says to type first, with a token in place of the login. */
  const prepared = () => {
    const [setting = '', finding = ''] = callsIn(page)
    return `${setting.replace('$(npx helix login --print-token)', visitor.token)}\n${finding}`
  }

  async function paste(call: string, variables: Record<string, string>): Promise<string> {
    const env = { PATH: process.env.PATH ?? '', ...variables }
    const script = `${prepared()}\n${Object.entries(variables)
      .map(([name, value]) => `${name}='${value}'`)
      .join('\n')}\n${call}`
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { env })
    return stdout
  }

  it('find a conversation and a reply as the page says', async () => {
    expect((await paste('echo $KEY $ID', {})).trim()).toBe(`${things.sessionKey} ${things.generationId}`)
  })

  it.each(asked.map((operation) => [nameOf(operation), operation] as const))(
    '%s: does what it says when pasted',
    async (_, operation) => {
      const [, article = ''] = page.split(`<article id="${operation.id}">`)
      const calls = callsIn(article.split('</article>')[0] ?? '')
      expect(calls.length).toBeGreaterThan(0)
      for (const call of calls) {
        const said = await paste(
          `${call} -m 3 -o /dev/null -w '%{http_code}' || true`,
          await variablesOf(operation),
        )
        expect(Number(said), call).toBeGreaterThanOrEqual(200)
        expect(Number(said), call).toBeLessThan(400)
      }
    },
  )

  /** What a reader sets by hand, since it is about a thing of theirs that the page does not look up. */
  async function variablesOf({ id, path }: Operation): Promise<Record<string, string>> {
    const message = ABOUT_REPLIES.has(id) ? things.replyId : things.userMessageId
    const ids: Record<string, string> = {
      '/api/tokens/': things.tokenId,
      '/api/sessions/': things.signedInId,
    }
    const [prefix] = Object.keys(ids).filter((one) => path.startsWith(one))
    return {
      KEY: things.sessionKey,
      MESSAGE: message,
      PAGE: 'audit',
      ...(prefix ? { ID: ids[prefix] ?? '' } : {}),
    }
  }
})
