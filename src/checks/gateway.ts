import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '../client/client.ts'
import { SOCKET_ORIGIN, socketFetch } from '../client/node/private-socket.ts'
import { readRunFile, runningUp } from '../client/node/run-file.ts'
import { type Check, failed, ok, skipped } from './check.ts'

const DOC = 'docs/commands.md'

export const privateSocket: Check = {
  id: 'private-socket',
  title: 'The running helix up answers on its private socket',
  severity: 'error',
  doc: DOC,
  async probe({ config }) {
    const run = await runningUp(config.dataDir)
    if (!run) return skipped('No helix up runs on this data directory')
    const { fetch, close } = socketFetch(run.socket)
    try {
      const { status } = await createClient({ url: SOCKET_ORIGIN, fetch }).health()
      if (status === 'ok') return ok(`Process ${run.pid} answers, status ${status}`)
      return failed(`Process ${run.pid} answers, status ${status}`, `See ${run.url}/health.`)
    } finally {
      await close()
    }
  },
}

export const runFile: Check = {
  id: 'run-file',
  title: 'No helix up left its run file behind',
  severity: 'warning',
  doc: DOC,
  async probe({ config }) {
    const run = await readRunFile(config.dataDir)
    if (!run) return ok('There is none')
    if (await runningUp(config.dataDir)) return ok(`Process ${run.pid} runs`)
    return failed(
      `Process ${run.pid} is gone and left run.json`,
      'Run `helix doctor --fix`, or start `helix up`.',
    )
  },
  fix: {
    describe: 'Remove the run file of a helix up that is gone',
    async run({ config }) {
      if (await runningUp(config.dataDir)) return 'Nothing: a helix up runs again'
      await rm(join(config.dataDir, 'run.json'), { force: true })
      return `Removed ${join(config.dataDir, 'run.json')}; the next \`helix up\` writes it again`
    },
  },
}
