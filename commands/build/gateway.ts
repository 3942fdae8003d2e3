import { defineCommand } from '../define.ts'
import { buildOptions, gatewayOptions } from './options.ts'
import { BUILD_ACTS, builtLines, runBuild } from './run.ts'

export default defineCommand({
  examples: [
    ['helix build gateway', 'the gateway as one archive that needs nothing on its host'],
    ['helix build gateway --platform linux-arm64', 'for another kind of machine'],
    ['helix build gateway --image helix-gateway:latest', 'and the container image'],
  ],
  description:
    'Packs the gateway with the page it serves, what it depends on and its own Node, with a manifest of every file. ' +
    'Refuses what is not committed, and secrets. The same commit makes the same bytes.',
  options: { ...buildOptions, ...gatewayOptions },
  run: (input, context) => runBuild(context, { ...input, artefacts: ['gateway'] }),
  acts: BUILD_ACTS,
  view: builtLines,
})
