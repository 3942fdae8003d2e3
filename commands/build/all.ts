import { z } from 'zod'
import { noDesktop } from '../../src/build/desktop.ts'
import { defineCommand, option } from '../define.ts'
import { buildOptions, gatewayOptions } from './options.ts'
import { BUILD_ACTS, builtLines, runBuild } from './run.ts'

export default defineCommand({
  examples: [
    ['helix build all --skip desktop', 'gateway and page, as one release'],
    ['helix build all --skip desktop --env production', 'with the addresses of .env.production'],
  ],
  description: 'Where a part cannot be built here, nothing is, unless it is skipped by name.',
  options: {
    ...buildOptions,
    ...gatewayOptions,
    skip: option('--skip <parts...>', 'leave these out: desktop', z.array(z.enum(['desktop'])).default([])),
  },
  run({ skip, ...input }, context) {
    if (!skip.includes('desktop')) throw noDesktop()
    return runBuild(context, { ...input, artefacts: ['gateway', 'web'] })
  },
  acts: BUILD_ACTS,
  view: builtLines,
})
