import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const DEFINE_URL = new URL(import.meta.url.endsWith('.ts') ? '../define.ts' : '../define.js', import.meta.url)
  .href

/**
 * Imports `helix.config.ts` (or `.js`, `.mjs`) and resolves to its default export. The file is a module whatever
 * the package.json above it says, and finds `helix/config` where Helix is not installed beside it.
 * @throws whatever the file throws, or Node on reading it.
 */
export async function importConfigFile(path: string): Promise<unknown> {
  const url = pathToFileURL(path).href
  const format = path.endsWith('.ts') ? 'module-typescript' : 'module'
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === 'helix/config') return { url: DEFINE_URL, shortCircuit: true }
      const resolved = nextResolve(specifier, context)
      return resolved.url === url ? { ...resolved, format } : resolved
    },
  })
  try {
    const module: { default?: unknown } = await import(url)
    return module.default
  } finally {
    hooks.deregister()
  }
}
