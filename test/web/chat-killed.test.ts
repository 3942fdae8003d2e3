import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packageRoot } from '../../src/config/package.ts'
import { freePort } from '../support/free-port.ts'
import { type StubClaude, startStubClaude } from '../upstream/stub.ts'
import { describePage } from './support/browser.ts'
import { ended, lastReply, messages, say } from './support/chat.ts'
import { signUpPerson } from './support/person.ts'

/** Starting a gateway from its sources takes its time on a busy machine. */
const WITHIN_MS = 60_000

describePage('a gateway that is killed while a reply is written', { engine: 'pglite' }, (web) => {
  let stub: StubClaude
  let home: string
  let port: number
  let gateway: ChildProcess
  const url = () => `http://127.0.0.1:${port}`

  /** Starts `helix up` as people do, on the same data and the same port each time. */
  async function start(): Promise<ChildProcess> {
    const args = ['bin/helix.ts', 'up', '--json', '--port', String(port), '--data-dir', home]
    const child = spawn(process.execPath, args, {
      cwd: packageRoot(),
      env: {
        ...{ PATH: process.env.PATH, HOME: home, HELIX_LOG_LEVEL: 'error' },
        ...{ CLAUDE_API_KEY: 'sk-ant-test-key', ANTHROPIC_BASE_URL: stub.url },
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line')
    return child
  }

  beforeAll(async () => {
    stub = await startStubClaude({ defaults: { words: 120, paceMs: 30 } })
    home = await mkdtemp(join(tmpdir(), 'helix-killed-'))
    port = await freePort()
    gateway = await start()
  }, WITHIN_MS)
  afterAll(async () => {
    gateway?.kill('SIGKILL')
    await stub?.close()
    await rm(home, { recursive: true, force: true })
  })

  it(
    'loses and doubles nothing: what had come stays, the page goes on by itself, and the reply can be had again',
    async () => {
      const person = await signUpPerson(url())
      const context = await web.browser.newContext({ storageState: person.keptAt(url()) })
      const page = await context.newPage()
      await page.goto(url())
      await say(page, 'Tell me something')
      await lastReply(page).getByText('word12 ').waitFor()

      gateway.kill('SIGKILL')
      await once(gateway, 'exit')
      await page.getByText('The connection was lost').waitFor()
      const shown = await lastReply(page).locator('p').first().innerText()
      gateway = await start()
      await page.getByText('This reply was interrupted.').waitFor({ timeout: WITHIN_MS / 2 })

      const key = new URL(page.url()).pathname.split('/')[2] ?? ''
      const stored = (await person.client.messages(key)).messages.at(-1)
      expect(stored?.status).toBe('interrupted')
      const kept = stored?.content.trim() ?? ''
      expect(await lastReply(page).locator('p').first().innerText()).toBe(kept)
      // What was shown and not yet on disk is at most what a tick holds; none of it is changed.
      expect(shown.startsWith(kept.slice(0, shown.length)) || kept.startsWith(shown)).toBe(true)
      expect(kept).toMatch(wordsInOrder(kept))

      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByText('2 / 2').waitFor()
      await ended(page)
      const again = (await lastReply(page).locator('p').first().innerText()).trim()
      expect(again).toMatch(wordsInOrder(again))
      expect(await messages(page).count()).toBe(2)
      await context.close()
    },
    2 * WITHIN_MS,
  )
})

/** Every word of the stub's reply up to the last one, once and in order. */
function wordsInOrder(text: string): RegExp {
  const count = text.match(/word\d+/g)?.length ?? 0
  const words = Array.from({ length: count }, (_, index) => `word${index + 1}`).join(' ')
  return new RegExp(`: ${words}`)
}
