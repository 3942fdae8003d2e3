import { createClaude } from '../src/claude/anthropic.ts'
import type { Claude } from '../src/claude/claude.ts'
import { startSimulatedClaude } from '../src/claude/simulated.ts'
import type { Config } from '../src/config/config.ts'
import type { Resources } from '../src/resources.ts'

/** Claude as the configuration has it: the real one, or one simulated on this machine for as long as we run. */
export async function openClaude(config: Config, resources: Resources): Promise<Claude> {
  const { upstreamFirstByteMs: firstByteMs, upstreamIdleMs: idleMs } = config.timeouts
  const timeouts = { firstByteMs, idleMs }
  if (!config.simulated) {
    const apiKey = config.claude.apiKey?.reveal() ?? ''
    return createClaude({ apiKey, baseUrl: config.claude.baseUrl, simulated: false, timeouts })
  }
  const simulated = resources.keep(await startSimulatedClaude(), (server) => server.close())
  return createClaude({ apiKey: simulated.apiKey, baseUrl: simulated.url, simulated: true, timeouts })
}
