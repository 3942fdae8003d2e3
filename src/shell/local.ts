import type { Host } from './host.ts'
import { runProcess } from './process.ts'

/** This machine, as a host among others. */
export function localHost(): Host {
  return {
    name: 'localhost',
    run: ({ text, words }, options) => runProcess('sh', ['-c', text, 'helix', ...words], options),
    async close() {},
  }
}
