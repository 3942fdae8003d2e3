import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { docker, imageUnavailable, publishingUnavailable, toldBy } from '../deploy/image.ts'
import { freePort } from '../support/free-port.ts'
import { createDatabase, postgresUnavailable } from '../support/postgres.ts'

const TAG = 'helix-gateway:test'
const missing = imageUnavailable()
const unpublished = missing ?? publishingUnavailable()

describe.skipIf(missing)(
  missing ? `the image of the gateway (${missing})` : 'the image of the gateway',
  () => {
    let home: string
    const running: string[] = []
    beforeAll(() => {
      home = mkdtempSync(join(tmpdir(), 'helix-image-'))
      // As the readiness guide has it, but for the tag.
      docker('build', '-t', TAG, '.')
    }, 900_000)
    afterEach(() => {
      for (const id of running.splice(0)) docker('rm', '-f', id)
    })
    afterAll(() => rmSync(home, { recursive: true, force: true }))

    function run(variables: string, ...options: string[]): string {
      const file = join(home, '.env.production')
      writeFileSync(file, variables)
      const id = docker('run', '-d', ...options, '--env-file', file, TAG)
      running.push(id)
      return id
    }

    /** What is expected of a container; where that fails, the error has how it is and what it said. */
    async function telling(id: string, expected: () => PromiseLike<unknown>): Promise<void> {
      try {
        await expected()
      } catch (cause) {
        throw new Error(`${cause}; the container says: ${toldBy(id)}`, { cause })
      }
    }

    /** Waits until Docker finds it healthy, too. */
    const foundHealthy = (id: string) =>
      telling(id, () =>
        expect
          .poll(() => docker('inspect', '-f', '{{.State.Health.Status}}', id), { timeout: 30_000 })
          .toBe('healthy'),
      )

    async function healthy(port: number, id: string): Promise<unknown> {
      const status = () =>
        fetch(`http://127.0.0.1:${port}/health`).then(
          ({ status }) => status,
          () => 0,
        )
      await telling(id, () => expect.poll(status, { timeout: 60_000 }).toBe(200))
      return (await fetch(`http://127.0.0.1:${port}/health`)).json()
    }

    it.skipIf(unpublished)(
      unpublished ? `runs by the guide’s line (${unpublished})` : 'runs by the guide’s line',
      async () => {
        const port = await freePort()
        const id = run('PORT="3000"\nHELIX_MODE="embedded"\nHELIX_SIMULATE="1"\n', '-p', `${port}:3000`)
        expect(await healthy(port, id)).toMatchObject({ status: 'ok', mode: 'embedded', simulated: true })
      },
    )

    it('runs with values in quotes, as nobody in particular, and stops when it is told', async () => {
      const port = await freePort()
      const values = `NODE_ENV="production"\nPORT="${port}"\nHELIX_MODE="embedded" # this host alone\nHELIX_SIMULATE='1'\n`
      const id = run(values, '--network', 'host')
      expect(await healthy(port, id)).toMatchObject({ status: 'ok', mode: 'embedded', simulated: true })
      await foundHealthy(id)
      expect(docker('exec', id, 'id', '-u')).toBe('1000')
      const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } })
      expect(await page.text()).toContain('<!doctype html>')
      docker('stop', '-t', '20', id)
      expect(docker('inspect', '-f', '{{.State.ExitCode}}', id)).toBe('143')
    })

    it.skipIf(postgresUnavailable)('runs on PostgreSQL, whose address is in quotes too', async () => {
      const database = await createDatabase({ migrated: true })
      try {
        const port = await freePort()
        const values = `NODE_ENV="production"\nPORT="${port}"\nDATABASE_URL="${database.url}"\nHELIX_SIMULATE="1"\n`
        const id = run(values, '--network', 'host')
        expect(await healthy(port, id)).toMatchObject({ status: 'ok', mode: 'postgres' })
        await foundHealthy(id)
        docker('stop', '-t', '20', id)
      } finally {
        await database.drop()
      }
    })

    it('holds what it runs with, and no source, secret or history', () => {
      const id = run('HELIX_MODE=embedded\nHELIX_SIMULATE=1\n')
      const files = docker('exec', id, 'find', '/helix', '-not', '-path', '*/node_modules/*').split('\n')
      expect(files).toContain('/helix/dist/bin/helix.js')
      expect(
        files.filter((file) => /\/\.env|\/\.git|\.test\.|keys\.json|(?<!\.d)\.tsx?$/.test(file)),
      ).toEqual([])
      const packages = docker('exec', id, 'ls', '/helix/node_modules').split('\n')
      expect(packages).toContain('hono')
      expect(
        packages.filter((one) => ['vite', 'vitest', 'typescript', 'playwright-core'].includes(one)),
      ).toEqual([])
    })
  },
)
