import { connect } from 'node:net'
import type { Host } from './host.ts'
import { runProcess } from './process.ts'

/** This machine, as a host among others. Scripts see `environment`, or what this process sees. */
export function localHost(environment?: Readonly<Record<string, string | undefined>>): Host {
  return {
    name: 'localhost',
    run: ({ text, words }, options) =>
      runProcess('sh', ['-c', text, 'helix', ...words], { ...options, ...(environment && { environment }) }),
    connect: async (port) => connect(port, '127.0.0.1'),
    async close() {},
  }
}
