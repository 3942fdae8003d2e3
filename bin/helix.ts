#!/usr/bin/env node
import { readFileSync } from 'node:fs'

const packageFile = new URL(
  import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json',
  import.meta.url,
)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`✖ Node ${process.versions.node} is too old for Helix, which needs 22.18 or newer\n`)
  process.stderr.write('  Install Node 24 from https://nodejs.org and run this again.\n')
  process.exitCode = 3
} else if (process.argv[2] === '--version' || process.argv[2] === '-V') {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8'))
  process.stdout.write(`${version}\n`)
} else {
  const { main } = await import('../commands/main.ts')
  await main(process)
}
