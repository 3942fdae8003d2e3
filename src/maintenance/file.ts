import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { HelixError } from '../errors.ts'
import { plainFiles } from '../files.ts'
import { isLater, readSetting, type Setting } from './setting.ts'

const LONGEST = 256 * 1024

/** Where a gateway keeps the setting beside the database, unless the configuration names another file. */
export function maintenancePath({
  dataDir,
  maintenance,
}: {
  dataDir: string
  maintenance: { file: string | undefined }
}): string {
  return maintenance.file ?? join(dataDir, 'maintenance.json')
}

/** The setting in the file; undefined where there is no file. @throws HelixError `precondition_failed` for another file */
export async function readFileSetting(path: string): Promise<Setting | undefined> {
  const text = await readShort(path)
  if (text === undefined) return undefined
  const setting = readSetting(parsed(text))
  if (setting === undefined) throw unreadable(path, 'it holds no setting of maintenance')
  return setting
}

/** Keeps a setting in the file unless a later one is there. */
export async function writeFileSetting(path: string, setting: Setting): Promise<void> {
  const there = await readFileSetting(path).catch(() => undefined)
  if (isLater(setting, there)) await replaceFileSetting(path, setting)
}

/** Keeps a setting in the file, whatever is there; the setting is written down by whoever makes it. */
export function replaceFileSetting(path: string, setting: Setting): Promise<void> {
  return plainFiles.replace(path, `${JSON.stringify(setting, null, 2)}\n`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function readShort(path: string): Promise<string | undefined> {
  try {
    // A pipe put in its place must not hold the gateway.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST), 0, LONGEST, 0)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw unreadable(path, code ?? message, error)
  }
}

function unreadable(path: string, why: string, cause?: unknown): HelixError {
  return new HelixError('precondition_failed', `Maintenance cannot be read from ${path}: ${why}`, {
    hint: 'Set it again with `helix maintenance on --file` or `off --file`, as the user the gateway runs as.',
    cause,
  })
}
