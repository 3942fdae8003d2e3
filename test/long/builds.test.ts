import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArtefactManifest } from '../../src/build/manifest.ts'
import { sha256Of } from '../../src/build/tree.ts'

const ROOT = join(import.meta.dirname, '../..')
const NODE = process.execPath

interface Built {
  folder: string
  release: string
  artefacts: { artefact: string; file: string; sha256: string }[]
}

/** What `helix build` makes of the commit that is checked out here. */
describe('two builds of one commit', () => {
  let home: string
  let builds: Built[]
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'helix-builds-'))
    builds = ['one', 'a/second/place'].map(buildIn)
  }, 600_000)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  function cloned(place: string): string {
    const clone = join(home, place)
    execFileSync('git', ['-c', 'advice.detachedHead=false', 'clone', '-q', ROOT, clone])
    symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
    // A link is no folder, which is what .gitignore says.
    appendFileSync(join(clone, '.git/info/exclude'), 'node_modules\n')
    return clone
  }

  function buildIn(place: string): Built {
    const clone = cloned(place)
    const args = [join(clone, 'bin/helix.ts'), 'build', 'all', '--skip', 'desktop', '--json']
    const environment = { ...process.env, HELIX_DATA_DIR: join(home, 'data'), NODE_ENV: '' }
    const said = execFileSync(NODE, args, { cwd: clone, env: environment, encoding: 'utf8' })
    return JSON.parse(said).data as Built
  }

  const files = ({ folder, artefacts }: Built) => artefacts.map(({ file }) => join(folder, file))

  it('are the same bytes, wherever and whenever they are made', async () => {
    const [one, other] = builds.map((build) => build.artefacts)
    expect(one).toHaveLength(2)
    expect(other).toEqual(one)
    for (const build of builds) {
      for (const { file, sha256 } of build.artefacts) {
        expect(await sha256Of(join(build.folder, file))).toBe(sha256)
      }
    }
  })

  it('hold what their manifests say, and no file more', async () => {
    for (const [place, archive] of files(builds[0] as Built).entries()) {
      const out = unpacked(archive, `unpacked-${place}`)
      const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as ArtefactManifest
      const listed = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n')
      expect(listed.toSorted()).toEqual(
        [...manifest.files.map(({ path }) => path), 'manifest.json'].toSorted(),
      )
      for (const { path, sha256 } of manifest.files)
        expect(await sha256Of(join(out, path)), path).toBe(sha256)
      expect(manifest.commit).toBe(
        execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
      )
    }
  })

  it('have a gateway that runs with nothing but itself', async () => {
    const build = builds[0] as Built
    const archive = files(build).find((file) => file.includes('gateway')) ?? ''
    const out = unpacked(archive, 'running')
    const env = {
      HOME: home,
      HELIX_MODE: 'embedded',
      HELIX_DATA_DIR: join(home, 'running-data'),
      HELIX_SIMULATE: '1',
    }
    const started = spawn(join(out, 'bin/node'), ['dist/bin/helix.js', 'up', '--port', '0', '--json'], {
      ...{ cwd: out, env: { ...env, NODE_ENV: 'production' } },
    })
    try {
      const [line] = await lines(started.stdout)
      const { url } = JSON.parse(line ?? '{}') as { url: string }
      const health = await (await fetch(`${url}/health`)).json()
      expect(health).toMatchObject({ status: 'ok', release: build.release })
      expect(await (await fetch(url, { headers: { accept: 'text/html' } })).text()).toContain(
        '<!doctype html>',
      )
      expect((await fetch(`${url}/docs`)).status).toBe(200)
    } finally {
      started.kill('SIGTERM')
    }
    expect(await new Promise((resolve) => started.once('exit', resolve))).toBe(143)
  })

  it('refuse a secret that got into the sources', () => {
    const clone = cloned('leaking')
    const key = ['sk', 'ant', 'api03', 'y'.repeat(40)].join('-')
    mkdirSync(join(clone, 'docs'), { recursive: true })
    writeFileSync(join(clone, 'docs', 'notes.md'), `# Notes\n\n${key}\n`)
    const args = [join(clone, 'bin/helix.ts'), 'build', 'gateway', '--allow-dirty', '--json']
    const env = { ...process.env, HELIX_DATA_DIR: join(home, 'data'), NODE_ENV: '' }
    let said = ''
    try {
      execFileSync(NODE, args, { cwd: clone, env, encoding: 'utf8' })
    } catch (error) {
      said = (error as { stdout: string }).stdout
    }
    expect(JSON.parse(said)).toMatchObject({ ok: false, code: 'findings' })
    expect(said).toContain('docs/notes.md:3: anthropic_key')
    expect(said).not.toContain(key)
  })

  function unpacked(archive: string, name: string): string {
    const out = join(home, name)
    mkdirSync(out)
    execFileSync('tar', ['-xzf', archive, '-C', out])
    return out
  }
})

/** The first line of a stream. */
async function lines(stream: NodeJS.ReadableStream): Promise<string[]> {
  for await (const line of createInterface({ input: stream })) return [line]
  return []
}
