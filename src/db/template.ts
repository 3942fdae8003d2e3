import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { cacheDirectory } from '../config/directories.ts'
import { packageRoot } from '../config/package.ts'
import type { Database } from './database.ts'
import { openEmbedded } from './embedded.ts'
import { bootstrapDirectory, readMigrations, readScripts } from './migrations/files.ts'
import { migrate } from './migrations/migrate.ts'

const CACHED_TEMPLATES = 3

/**
 * An uncompressed tar of a migrated, empty cluster, for `openEmbedded`: the one built with this Helix, else one of
 * the user's cache, else made now (some seconds) and put there.
 */
export async function loadTemplate(cache: string = cacheDirectory()): Promise<Uint8Array> {
  const name = templateName()
  for (const folder of [join(packageRoot(), 'dist'), cache]) {
    const packed = await readFile(join(folder, name)).catch(() => undefined)
    if (packed) return promisify(gunzip)(packed)
  }
  return promisify(gunzip)(await buildTemplate(cache))
}

/** Makes the template and puts it into `folder`, where the newest `keep` stay; resolves to the packed bytes. */
export async function buildTemplate(folder: string, keep = CACHED_TEMPLATES): Promise<Uint8Array> {
  const db = await openEmbedded({ dataDir: 'memory://' })
  await migrate(db, { mode: 'embedded' })
  await db.scriptOutsideTransaction('vacuum (analyze); checkpoint')
  const packed = await promisify(gzip)(await db.dump(), { level: 6 })
  await db.close()
  await store(folder, packed, keep).catch(() => {
    // A cache that cannot be written costs time at the next start, nothing else.
  })
  return packed
}

/** Whatever the template is made of is in its name: another PGlite or other SQL makes another template. */
export function templateName(): string {
  const files = [...readScripts(bootstrapDirectory()), ...readMigrations()]
  const parts = files.map((file) => `${file.file} ${file.sha256}`)
  const hash = createHash('sha256')
    .update([engineVersion(), ...parts].join('\n'))
    .digest('hex')
  return `template-${hash.slice(0, 16)}.tar.gz`
}

/** Makes anew what a database must not share with the others that began from the same template. */
export async function makeOwn(db: Database): Promise<void> {
  await db.transaction('owner', (tx) =>
    tx.query('update public.audit_head set log_id = helix.random_log_id() where seq = 0'),
  )
}

/** The version this package pins exactly. */
function engineVersion(): string {
  const { dependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return dependencies['@electric-sql/pglite'] ?? ''
}

/** Under its name at once and whole; the oldest ones of a cache make room. */
async function store(folder: string, packed: Uint8Array, keep: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, templateName())
  await writeFile(`${path}.${process.pid}`, packed)
  await rename(`${path}.${process.pid}`, path)
  const all = (await readdir(folder)).filter((file) => /^template-[0-9a-f]{16}\.tar\.gz$/.test(file))
  const aged = await Promise.all(
    all.map(async (file) => ({ file, at: (await stat(join(folder, file))).mtimeMs })),
  )
  const old = aged.sort((a, b) => b.at - a.at).slice(keep)
  await Promise.all(old.map(({ file }) => rm(join(folder, file), { force: true })))
}
