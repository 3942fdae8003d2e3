import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { SERVICE_WORKER_OFF, SERVICE_WORKER_PATH } from '../../src/web/service-worker-off.ts'

/** What an offline start needs besides the document and the assets. */
const BESIDES = ['/icon.svg', '/manifest.webmanifest']

/**
 * Builds the service worker of the release: it knows the files of this build by name. Beside it lies
 * `service-worker-off.js`, which any host can serve in its place to be rid of it.
 */
export function serviceWorker(root: string): Plugin {
  return {
    name: 'helix:service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const assets = Object.keys(bundle).filter((name) => /^assets\/.*\.(js|css)$/.test(name))
      const html = bundle['index.html']
      const document = html?.type === 'asset' ? String(html.source) : ''
      const files = [...assets.map((name) => `/${name}`).sort(), ...BESIDES]
      const code = await bundled(join(root, 'worker', 'service-worker.ts'))
      const id = createHash('sha256')
        .update(JSON.stringify([files, document, code]))
        .digest('hex')
        .slice(0, 16)
      const release = `const RELEASE=${JSON.stringify({ id, files })};\n`
      this.emitFile({ type: 'asset', fileName: SERVICE_WORKER_PATH.slice(1), source: release + code })
      this.emitFile({ type: 'asset', fileName: 'service-worker-off.js', source: SERVICE_WORKER_OFF })
    },
  }
}

/** One script that imports nothing, as a worker of the older kind has to be. */
async function bundled(input: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input, output: { format: 'iife', entryFileNames: 'worker.js' } },
    },
  })
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) =>
    'output' in one ? one.output : [],
  )
  const code = outputs.flatMap((one) => (one.type === 'chunk' ? [one.code] : [])).join('')
  if (code === '') throw new Error(`${input} came to nothing`)
  return code
}
