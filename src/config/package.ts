import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Directory of Helix's own package.json, found upward from this file; the same from source and from dist.
 * @throws Error when Helix was taken out of its package.
 */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url))
  const root = nearest(start, (directory) => packageName(directory) === 'helix')
  if (root === undefined) throw new Error(`No package.json named helix above ${start}`)
  return root
}

/**
 * Version of this Helix, with the short commit where it was built (`release.json`) or runs from a checkout:
 * `0.1.0+b8e82ed`; else `0.1.0`.
 */
export function release(): string {
  const root = packageRoot()
  const built = builtRelease(root)
  if (built !== undefined) return built
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const commit = headCommit(root)
  return commit === undefined ? version : `${version}+${commit.slice(0, 7)}`
}

function builtRelease(root: string): string | undefined {
  try {
    const { release } = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8')) as { release?: unknown }
    return typeof release === 'string' ? release : undefined
  } catch {
    return undefined
  }
}

/** `name` of the package.json in a directory; undefined when there is none that can be read. */
export function packageName(directory: string): string | undefined {
  const text = readText(join(directory, 'package.json'))
  if (text === undefined) return undefined
  try {
    const name: unknown = JSON.parse(text)?.name
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}

/** The nearest of a directory and those above it that `matches`. */
export function nearest(start: string, matches: (directory: string) => boolean): string | undefined {
  for (let directory = start; ; directory = dirname(directory)) {
    if (matches(directory)) return directory
    if (dirname(directory) === directory) return undefined
  }
}

/** The commit checked out in a directory, read from `.git` without running git; undefined when it is not a checkout. */
export function headCommit(root: string): string | undefined {
  const git = gitDirectory(root)
  const head = readText(join(git, 'HEAD'))?.trim()
  if (head === undefined || !head.startsWith('ref: ')) return asCommit(head)
  const ref = head.slice('ref: '.length)
  const shared = resolve(git, readText(join(git, 'commondir'))?.trim() ?? '.')
  return asCommit(readText(join(git, ref)) ?? readText(join(shared, ref)) ?? packedRef(shared, ref))
}

// In a linked worktree `.git` is a file that names the real directory.
function gitDirectory(root: string): string {
  const pointer = readText(join(root, '.git'))
  return resolve(root, pointer?.match(/^gitdir: (.+)$/m)?.[1] ?? '.git')
}

function packedRef(git: string, ref: string): string | undefined {
  const lines = readText(join(git, 'packed-refs'))?.split('\n')
  return lines?.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0]
}

function asCommit(text: string | undefined): string | undefined {
  return text?.trim().match(/^[0-9a-f]{40,64}$/)?.[0]
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
