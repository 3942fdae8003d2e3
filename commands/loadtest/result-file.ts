import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { HelixError } from '../../src/errors.ts'
import type { LoadResult } from '../../src/load/result.ts'
import type { Context } from '../context.ts'

/** Reads a result that was kept. @throws HelixError `usage` for what is none */
export async function readResult({ cwd }: Pick<Context, 'cwd'>, file: string): Promise<LoadResult> {
  const { LoadResult: shape } = await import('../../src/load/result.ts')
  const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: unknown) => {
    throw new HelixError('usage', `${file} cannot be read`, { cause })
  })
  const read = shape.safeParse(jsonOf(text))
  if (read.success) return read.data
  throw new HelixError('usage', `${file} is no result of a load test`, {
    hint: 'helix loadtest run <file> --output result.json writes one.',
  })
}

function jsonOf(text: string): unknown {
  try {
    const value = JSON.parse(text)
    return value?.ok === true ? value.data : value
  } catch {
    return undefined
  }
}
