import { createClaude } from '../src/claude/anthropic.ts'
import type { Claude } from '../src/claude/claude.ts'
import { startSimulatedClaude } from '../src/claude/simulated.ts'
import type { Config } from '../src/config/config.ts'
import type { Resources } from '../src/resources.ts'

/** Who answers people, and who answers those of a load test that is to cost nothing; one where no key is set. */
export interface Upstreams {
  claude: Claude
  simulated: Claude
}

/** Claude as the configuration has it, and one simulated on this machine for as long as we run. */
export async function openUpstreams(config: Config, resources: Resources): Promise<Upstreams> {
  const { upstreamFirstByteMs: firstByteMs, upstreamIdleMs: idleMs } = config.timeouts
  const timeouts = { firstByteMs, idleMs }
  const open = async () => {
    const { apiKey, url } = resources.keep(await startSimulatedClaude(), (server) => server.close())
    return createClaude({ apiKey, baseUrl: url, simulated: true, timeouts })
  }
  if (config.simulated) {
    const simulated = await open()
    return { claude: simulated, simulated }
  }
  const apiKey = config.claude.apiKey?.reveal() ?? ''
  const { baseUrl } = config.claude
  return {
    claude: createClaude({ apiKey, baseUrl, simulated: false, timeouts }),
    simulated: onceAsked(open),
  }
}

/** A simulated Claude that is started by the first who asks it: most gateways are never tested. */
function onceAsked(open: () => Promise<Claude>): Claude {
  let opening: Promise<Claude> | undefined
  return {
    simulated: true,
    async *stream(...asked) {
      opening ??= open().catch((failure: unknown) => {
        opening = undefined
        throw failure
      })
      yield* (await opening).stream(...asked)
    },
  }
}
