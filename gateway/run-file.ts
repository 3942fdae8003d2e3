import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunFile } from '../src/client/node/run-file.ts'
import { replacePrivateFile } from '../src/signin/private-file.ts'

/** Tells commands of this machine where this process answers, in `<data dir>/run.json` (0600). */
export async function writeRunFile(
  dataDir: string,
  facts: Omit<RunFile, 'pid' | 'startedAt'>,
): Promise<void> {
  const run: RunFile = { pid: process.pid, startedAt: new Date().toISOString(), ...facts }
  await replacePrivateFile(join(dataDir, 'run.json'), `${JSON.stringify(run, null, 2)}\n`)
}

export async function removeRunFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, 'run.json'), { force: true })
}
