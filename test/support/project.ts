import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import type { LoadOptions } from '../../src/config/load.ts'
import type { Notice, Problem } from '../../src/config/problems.ts'
import type { ShownSetting } from '../../src/config/show.ts'

/** Makes a directory with these files (0600, paths relative to it) that is removed when the test ends. */
export function tempProject(files: Record<string, string> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'helix-project-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text, { mode: 0o600 })
  }
  return root
}

/** What a process of its own found, where `helix.config.ts` is imported by Node itself. */
export interface NodeInspection {
  settings: ShownSetting[]
  problems: Problem[]
  notices: Notice[]
  stderr: string
}

const SCRIPT = `
const [load, show, options] = process.argv.slice(1)
const { inspectConfig } = await import(load)
const { showSettings } = await import(show)
const { config, problems } = await inspectConfig(JSON.parse(options))
console.log(JSON.stringify({ settings: showSettings(config), problems, notices: config.notices }))
`

/** Loads a configuration in a new Node process. */
export async function inspectInNode(options: LoadOptions): Promise<NodeInspection> {
  const modules = ['load', 'show'].map((name) => new URL(`../../src/config/${name}.ts`, import.meta.url).href)
  const args = ['--input-type=module', '--eval', SCRIPT, ...modules, JSON.stringify(options)]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args)
  return { ...JSON.parse(stdout), stderr }
}
