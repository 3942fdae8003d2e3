import { resolve } from 'node:path'
import { z } from 'zod'
import type { Archive } from '../../src/release/archive.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { deployOf } from './gateway.ts'
import { howToDeploy } from './options.ts'
import { pageTargetOf } from './page.ts'
import { bringTo, DEPLOY_ACTS } from './run.ts'
import { showBrought } from './view.ts'

export default defineCommand({
  examples: [
    ['helix deploy all --env production --plan', 'print every change, make none'],
    ['helix deploy all --env production', 'bring both; both are undone when either is bad'],
    ['helix deploy all --env production --resume', 'go on after the deployer died'],
  ],
  description:
    'Brings what helix build all made as one release: both are brought and asked before anything is switched, the ' +
    'gateway is switched and then the page, within seconds, and both are watched. When either is bad, the page goes ' +
    'back and then the gateway.',
  acts: [...DEPLOY_ACTS, 'db.migrate.start', 'backup.create.start', 'file.write.start'],
  options: {
    built: option(
      '--built <folder>',
      'a release as helix build all made it; without it the one built of this commit',
      z.string().min(1).optional(),
    ),
    image: option(
      '--image <tag>',
      'the image of the gateway, to machines with Docker',
      z.string().min(1).optional(),
    ),
    ...howToDeploy,
  },
  async run({ built, image, ...options }, context) {
    const { archive, web } = options.undo ? {} : await archives(built, context)
    const { gatewayTarget, whereEach } = await import('../../src/release/deploy.ts')
    const { together } = await import('../../src/release/together.ts')
    const given = await deployOf({ ...options, archive, image }, context)
    const target = together('all', [
      gatewayTarget(given),
      await pageTargetOf(context, 'web', web, options.without),
    ])
    return bringTo(target, options, context).catch(whereEach(given, target))
  },
  view: showBrought,
})

/** What was built together; to machines with Docker the gateway comes as an image. */
async function archives(
  built: string | undefined,
  context: Context,
): Promise<{ archive?: string; web?: Archive }> {
  const { builtParts, readParts } = await import('../../src/release/archive.ts')
  const { headCommit } = await import('../../src/config/package.ts')
  const { root, deploy } = await context.config()
  const read = <const W extends Parameters<typeof readParts>[1]>(wanted: W) =>
    built === undefined
      ? builtParts(root, headCommit(root), wanted)
      : readParts(resolve(context.cwd, built), wanted)
  if (deploy.gateway?.type === 'docker') {
    const [web] = await read([{ artefact: 'web' }])
    return { web }
  }
  const [gateway, web] = await read([{ artefact: 'gateway', platform: 'linux-x64' }, { artefact: 'web' }])
  return { archive: gateway.file, web }
}
