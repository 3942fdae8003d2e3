import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Plugin } from 'vite'
import { headerRules } from '../../src/web/headers.ts'
import { hostFiles } from '../../src/web/hosts.ts'
import { compress } from './compress.ts'
import { keepEarlier } from './history.ts'

/**
 * What is left once Vite has written its files: compressed forms, what each kind of host reads of headers to
 * send along, and the files of earlier builds kept for tabs that are open.
 *
 * @param connect addresses that the page was built to talk to
 * @param paths addresses that all answer its document
 */
export function finish(connect: readonly string[], paths: readonly string[]): Plugin {
  let folder = ''
  return {
    name: 'helix:finish',
    apply: 'build',
    configResolved({ build }) {
      folder = build.outDir
    },
    async writeBundle(_options, bundle) {
      const names = Object.keys(bundle).filter((name) => !name.startsWith('.vite/'))
      const copied = await readdir(folder, { withFileTypes: true })
      await compress(folder, [...names, ...copied.filter((one) => one.isFile()).map(({ name }) => name)])
      const html = await readFile(join(folder, 'index.html'), 'utf8')
      for (const [name, text] of Object.entries(hostFiles(headerRules({ html, connect }), paths)))
        await writeFile(join(folder, name), text)
      const assets = names.filter((name) => name.startsWith('assets/')).map((name) => basename(name))
      await keepEarlier(folder, assets)
    },
  }
}
