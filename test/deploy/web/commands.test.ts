import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { helix } from '../../support/host.ts'
import { tempProject } from '../../support/project.ts'
import { startVercel } from './hosts/vercel.ts'
import { packedPage, pageArchive, pageFiles } from './pages.ts'

let server: Awaited<ReturnType<typeof startVercel>>
let root: string
beforeEach(async () => {
  server = await startVercel()
  const { url, api, token, team } = server
  const config = {
    domains: { api: 'api.example.com' },
    deploy: {
      web: { type: 'vercel', project: 'helix', team, url, api },
      status: { type: 'vercel', project: 'helix', team, url, api },
      watchMs: 0,
    },
  }
  root = tempProject({
    'package.json': '{"name":"helix","version":"0.1.0"}',
    'helix.config.mjs': `export default ${JSON.stringify(config)}`,
    '.env.production': `VERCEL_TOKEN=${token}\n`,
  })
})
afterEach(() => server.stop())

const type = (...argv: string[]) =>
  helix([...argv, '--env', 'production'], { cwd: root, environment: { PATH: process.env.PATH ?? '' } })
const dataOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout).data

test('the page is planned, brought, listed and gone back from by typing', async () => {
  const [one, two] = [await pageArchive('one'), await pageArchive('two')]
  const planned = await type('deploy', 'web', '--archive', one.file, '--plan')
  expect(planned).toMatchObject({ exit: 0 })
  expect(planned.stdout).toContain('POST /v13/deployments')
  expect(server.deployments).toEqual([])

  const first = dataOf(await type('deploy', 'web', '--archive', one.file, '--json')).release
  expect(server.live()).toBe(first)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const brought = await type('deploy', 'web', '--archive', two.file)
  expect(brought).toMatchObject({ exit: 0 })
  for (const text of [brought.stdout, brought.stderr, planned.stdout, planned.stderr])
    expect(text).not.toContain(server.token)
  expect(server.live()).not.toBe(first)

  const second = server.live()
  const { page } = dataOf(await type('releases', '--json'))
  expect(page).toMatchObject({ current: second, back: first, lock: null })
  expect((await type('releases')).stdout).toContain(`helix rollback --part web (to ${first})`)
  expect((await type('rollback', '--dry-run')).stdout).toContain(`Would go back to ${first}`)
  expect(server.live()).toBe(second)
  expect(dataOf(await type('rollback', '--json'))).toMatchObject({ release: first, previous: second })
  expect(server.live()).toBe(first)
})

test('the status page by itself is brought, listed and gone back from likewise', async () => {
  const [one, two] = [await statusArchive('one'), await statusArchive('two')]
  const first = dataOf(await type('deploy', 'status', '--archive', one.file, '--json')).release
  expect(server.live()).toBe(first)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  expect(await type('deploy', 'status', '--archive', two.file)).toMatchObject({ exit: 0 })
  const { page, status } = dataOf(await type('releases', '--json'))
  expect(page).toMatchObject({ deploys: [] })
  expect(status).toMatchObject({ part: 'status', current: server.live(), back: first })
  expect(dataOf(await type('rollback', '--part', 'status', '--json'))).toMatchObject({ release: first })
  const web = await pageArchive('one')
  const wrong = await type('deploy', 'status', '--archive', web.file)
  expect([wrong.exit, wrong.stderr]).toEqual([3, expect.stringContaining('holds no status page')])
})

const statusArchive = (text: string) => packedPage(text, 'status', pageFiles(text))

test('a page that was built for another gateway is refused', async () => {
  const { file } = await pageArchive('one', ['https://api.other.example'])
  const ran = await type('deploy', 'web', '--archive', file)
  expect(ran.exit).toBe(3)
  expect(ran.stderr).toContain('was not built to talk to https://api.example.com')
  expect(server.deployments).toEqual([])
})

test('says what is missing before it does anything', async () => {
  writeFileSync(join(root, '.env.production'), '')
  const { file } = await pageArchive('one')
  const ran = await type('deploy', 'web', '--archive', file)
  expect(ran.exit).toBe(3)
  expect(ran.stderr).toContain('VERCEL_TOKEN')
  expect((await type('deploy', 'web')).stderr).toContain('helix build web')
  expect((await type('deploy', 'web', '--resume', '--archive', file)).exit).toBe(3)
})
