import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../src/config/package.ts'

export interface Archive {
  file: string
  sha256: string
  bytes: number
}

/** The gateway of this checkout with what it needs to run, in a folder. */
export function gatewayFiles(): string {
  const root = packageRoot()
  const folder = mkdtempSync(join(tmpdir(), 'helix-archive-'))
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(root, file), join(folder, file))
  execFileSync(
    'npm',
    ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
    {
      cwd: folder,
      stdio: 'ignore',
    },
  )
  for (const part of ['dist', 'supabase', 'docs'])
    cpSync(join(root, part), join(folder, part), { recursive: true })
  mkdirSync(join(folder, 'bin'))
  cpSync(process.execPath, join(folder, 'bin/node'))
  return folder
}

/** Packs a folder of files as it would be brought to a machine. */
export function pack(folder: string): Archive {
  const file = join(mkdtempSync(join(tmpdir(), 'helix-archive-')), 'gateway.tgz')
  execFileSync('sh', ['-c', 'tar -cf - . | gzip -1 > "$0"', file], { cwd: folder })
  return {
    file,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    bytes: statSync(file).size,
  }
}

/** The same gateway with one of its files changed: a release with a fault. */
export function packWith(folder: string, path: string, change: (text: string) => string): Archive {
  const file = join(folder, path)
  if (!existsSync(file)) throw new Error(`No ${path}`)
  const before = readFileSync(file, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${path} was not changed`)
  writeFileSync(file, after)
  const archive = pack(folder)
  writeFileSync(file, before)
  return archive
}
