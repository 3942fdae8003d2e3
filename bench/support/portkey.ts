import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { packageRoot } from '../../src/config/package.ts'
import type { Resources } from '../../src/resources.ts'
import { freePort } from '../../test/support/free-port.ts'

export const PORTKEY = '@portkey-ai/gateway@1.15.2'

const READY_TRIES = 100
const PAUSE_MS = 100

/** Starts Portkey's gateway, installed at first need into `.cache/bench`; resolves to its URL. */
export async function startPortkey(resources: Resources): Promise<string> {
  const port = await freePort()
  const program = [install(), `--port=${port}`, '--headless']
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, program, {
    env: { PATH, HOME, NODE_ENV: 'production' },
    stdio: 'ignore',
  })
  resources.keep(child, () => child.kill())
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < READY_TRIES; tries += 1) {
    if (await answers(url)) return url
    await sleep(PAUSE_MS)
  }
  throw new Error(`${PORTKEY} does not answer at ${url}`)
}

/** Headers that make Portkey pass a Messages API call on to `upstream`. */
export function portkeyHeaders(upstream: string): Record<string, string> {
  return {
    authorization: 'Bearer no-key-needed',
    'x-portkey-provider': 'anthropic',
    'x-portkey-custom-host': `${upstream}/v1`,
  }
}

function install(): string {
  const prefix = join(packageRoot(), '.cache/bench')
  const program = join(prefix, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  if (!existsSync(program)) {
    const quietly = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--loglevel=error']
    execFileSync('npm', ['install', ...quietly, '--prefix', prefix, PORTKEY], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  return program
}

async function answers(url: string): Promise<boolean> {
  try {
    const { body } = await request(url)
    await body.dump()
    return true
  } catch {
    return false
  }
}
