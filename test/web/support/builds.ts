import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import configOf from '../../../web/vite.config.ts'

/**
 * Builds the page as a gateway serves it into a folder of its own, and answers the folder.
 * @param change makes another release of it: what becomes of each source file
 */
export async function buildPage(
  change: (code: string, file: string) => string = (code) => code,
): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'helix-built-'))
  const config = await configOf({ command: 'build', mode: 'gateway' })
  await build({
    ...config,
    configFile: false,
    mode: 'gateway',
    logLevel: 'error',
    build: { ...config.build, outDir },
    plugins: [{ name: 'another-release', enforce: 'pre', transform: change }, ...(config.plugins ?? [])],
  })
  return outDir
}

/** A release whose tests reach what the page stands on: `window.app`. */
export function buildOpenPage(): Promise<string> {
  return buildPage((code, file) =>
    file.endsWith('/main.tsx') ? code.replace('value={app}', 'value={(window.app = app)}') : code,
  )
}
