import { connect } from 'node:net'
import { type Host, timedOut } from './host.ts'
import { runProcess } from './process.ts'
import { type LineHost, streamLines } from './stream.ts'

/** This machine, as a host among others. Scripts see `environment`, or what this process sees. */
export function localHost(environment?: Readonly<Record<string, string | undefined>>): Host & LineHost {
  const name = 'localhost'
  return {
    name,
    async run({ text, words }, options = {}) {
      const given = { ...options, ...(environment && { environment }) }
      const ran = await runProcess('sh', ['-c', text, 'helix', ...words], given)
      if (ran.late) throw timedOut({ name }, options, { ended: !ran.held })
      return ran
    },
    connect: async (port) => connect(port, '127.0.0.1'),
    lines: ({ text, words }, signal) =>
      streamLines({ name }, 'sh', ['-c', text, 'helix', ...words], { signal, environment }),
    async close() {},
  }
}
