import { defineCommand } from '../define.ts'
import { buildOptions } from './options.ts'
import { BUILD_ACTS, builtLines, runBuild } from './run.ts'

export default defineCommand({
  examples: [
    ['helix build web --env production', 'the page, with the addresses of .env.production'],
    ['helix build web --allow-dirty', 'also what is not committed'],
  ],
  description:
    'Builds the page for hosts that are no gateway, packed with a manifest of every file. The same commit and ' +
    'addresses make the same bytes.',
  options: buildOptions,
  run: (input, context) => runBuild(context, { ...input, artefacts: ['web'] }),
  acts: BUILD_ACTS,
  view: builtLines,
})
