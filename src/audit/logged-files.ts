import { createHash } from 'node:crypto'
import { isAbsolute, relative, sep } from 'node:path'
import { type FileOptions, type Files, isThere, plainFiles } from '../files.ts'
import type { Audit } from './audit.ts'

/** What the paths in entries are relative to, by its name; a file in none of them is told by its whole path. */
type Places = Readonly<Record<string, string>>

interface LoggedFilesDeps {
  audit: Pick<Audit, 'act'>
  actor: string
  places: Places
}

type Facts = Record<string, unknown>

/**
 * Files that are written down on the channel `file-changes` before they are written, and after: where, how many bytes,
 * the SHA-256; never what they hold.
 * @throws HelixError `audit_unavailable` from each, and then nothing was written
 */
export function createLoggedFiles({ audit, actor, places }: LoggedFilesDeps): Files {
  const act = <T>(
    what: 'write' | 'remove',
    path: string,
    { as, names, facts }: FileOptions & { facts?: Facts },
    run: () => Promise<T>,
    outcome?: () => Facts,
  ) => {
    const data = { ...placeOf(path, places), ...(as && { path: as }), ...(names && { names }), ...facts }
    return audit.act({ channel: 'file-changes', kind: `file.${what}.start`, actor, data }, run, outcome)
  }
  const write = (
    how: 'create' | 'replace',
    path: string,
    content: string,
    { guessable = false, ...options }: FileOptions = {},
  ) => {
    const facts = contentFacts(content, guessable)
    return act('write', path, { ...options, facts }, () => plainFiles[how](path, content, options))
  }

  return {
    create: (path, content, options) => write('create', path, content, options),
    replace: (path, content, options) => write('replace', path, content, options),
    stream(path, pieces) {
      const digest = createHash('sha256')
      let bytes = 0
      const counted = (append: (text: string) => Promise<void>) => (text: string) => {
        digest.update(text)
        bytes += Buffer.byteLength(text)
        return append(text)
      }
      const run = () => plainFiles.stream(path, (append) => pieces(counted(append)))
      return act('write', path, {}, run, () => ({ bytes, sha256: digest.digest('hex') }))
    },
    async remove(path, options = {}) {
      if (await isThere(path)) await act('remove', path, options, () => plainFiles.remove(path))
    },
  }
}

function contentFacts(content: string, guessable: boolean): Facts {
  const bytes = Buffer.byteLength(content)
  return guessable ? { bytes } : { bytes, sha256: createHash('sha256').update(content).digest('hex') }
}

function placeOf(path: string, places: Places): { in?: string; path: string } {
  for (const [name, folder] of Object.entries(places)) {
    const inside = relative(folder, path)
    const outside = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
    if (!outside) return { in: name, path: inside.replaceAll(sep, '/') }
  }
  return { path }
}
