import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HelixError } from '../errors.ts'
import type { RunProgram } from '../programs.ts'
import type { Environment } from './surroundings.ts'

/** What is built: one commit, or what somebody has made of it since. */
export interface Source {
  /** `0.1.0+4dd14f2`; ends in `.dirty` for what is in no commit. */
  release: string
  version: string
  commit: string
  committedAt: Date
  dirty: boolean
}

/**
 * Reads what the checkout at `root` holds.
 * @throws HelixError `precondition_failed` outside a checkout, and for changes in no commit unless they are allowed
 */
export async function readSource(
  root: string,
  { allowDirty, environment, run }: { allowDirty: boolean; environment: Environment; run: RunProgram },
): Promise<Source> {
  const git = (...args: string[]) => run({ program: 'git', args, cwd: root, environment })
  const head = await git('show', '-s', '--format=%H %cI', 'HEAD').catch(() => undefined)
  if (head === undefined) throw noCheckout(root)
  const [commit = '', at = ''] = head.trim().split(' ')
  const changed = (await git('status', '--porcelain')).split('\n').filter((line) => line !== '')
  if (changed.length > 0 && !allowDirty) throw isDirty(changed)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const dirty = changed.length > 0
  const release = `${version}+${commit.slice(0, 7)}${dirty ? '.dirty' : ''}`
  return { release, version, commit, committedAt: new Date(at), dirty }
}

/** The newest migration a checkout has. */
export function schemaVersion(root: string): string {
  const names = readdirSync(join(root, 'supabase', 'migrations')).filter((name) => /^\d{14}_/.test(name))
  return names.toSorted().at(-1)?.slice(0, 14) ?? '0'
}

function noCheckout(root: string): HelixError {
  return new HelixError('precondition_failed', `${root} is no git checkout with a commit`, {
    hint: 'Build from a clone of the repository: a release is named after its commit.',
  })
}

function isDirty(changed: readonly string[]): HelixError {
  const shown = changed.slice(0, 10).map((line) => line.slice(3))
  const more = changed.length > shown.length ? ` and ${changed.length - shown.length} more` : ''
  return new HelixError('precondition_failed', `Not everything is committed: ${shown.join(', ')}${more}`, {
    hint: 'Commit it or put it away; --allow-dirty builds it as it is, as a release that says so.',
    details: { changed: shown },
  })
}
