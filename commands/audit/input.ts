import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'

/** The text of a file, or of stdin for `-`. @throws HelixError `usage` where it cannot be read. */
export async function readText(file: string, context: Context): Promise<string> {
  if (file === '-') return text(context.stdin)
  const path = resolve(context.cwd, file)
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new HelixError('usage', `${path} cannot be read`, { hint: 'Give a file that is there.', cause })
  })
}
