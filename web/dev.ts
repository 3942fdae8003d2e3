// `npm run dev`: the gateway, started anew whenever its sources change, and before it the page, which follows its
// sources in the open browser. Arguments go to `helix up`. Whichever ends, ends the other.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createServer, type ViteDevServer } from 'vite'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { port: { type: 'string' } }, strict: false })
// The page asks the gateway there.
if (typeof values.port === 'string') process.env.PORT = values.port

const gateway = spawn(
  process.execPath,
  ['--watch', '--watch-preserve-output', 'bin/helix.ts', 'up', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
)
const page = await createServer({ root: join(root, 'web'), configFile: join(root, 'web', 'vite.config.ts') })
const end = endTogether(gateway, page)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(signal))
gateway.once('exit', (code) => {
  process.exitCode = code ?? 0
  void end('SIGTERM')
})
await page.listen()
page.printUrls()

/** Ends both once: the gateway finishes open replies first. */
function endTogether(gateway: ChildProcess, page: ViteDevServer): (signal: NodeJS.Signals) => Promise<void> {
  let ending: Promise<void> | undefined
  return (signal) => {
    if (gateway.exitCode === null && gateway.signalCode === null) gateway.kill(signal)
    ending ??= page.close()
    return ending
  }
}
