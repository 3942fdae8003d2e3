import { join } from 'node:path'
import type { RunFile } from '../src/client/node/run-file.ts'
import type { Files } from '../src/files.ts'

/** Tells commands of this machine where this process answers, in `<data dir>/run.json` (0600). */
export async function writeRunFile(
  dataDir: string,
  facts: Omit<RunFile, 'pid' | 'startedAt'>,
  files: Pick<Files, 'replace'>,
): Promise<void> {
  const run: RunFile = { pid: process.pid, startedAt: new Date().toISOString(), ...facts }
  await files.replace(join(dataDir, 'run.json'), `${JSON.stringify(run, null, 2)}\n`)
}

export async function removeRunFile(dataDir: string, files: Pick<Files, 'remove'>): Promise<void> {
  await files.remove(join(dataDir, 'run.json'))
}
