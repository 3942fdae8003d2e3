import { z } from 'zod'
import { PLATFORMS } from '../../src/build/node-binary.ts'
import { option } from '../define.ts'

/** What every build takes. */
export const buildOptions = {
  allowDirty: option(
    '--allow-dirty',
    'build what is not committed too, as a release that says so',
    z.boolean().default(false),
  ),
  out: option('--out <folder>', 'where releases go (dist/releases)', z.string().min(1).optional()),
}

/** What builds of a gateway take besides. */
export const gatewayOptions = {
  platform: option(
    '--platform <name>',
    'system the gateway is for: linux-x64, linux-arm64',
    z.enum(PLATFORMS).default('linux-x64'),
  ),
  image: option(
    '--image [tag]',
    'build the container image too (helix-gateway:latest)',
    z
      .union([z.string().regex(/^[\w][\w./:-]*$/, 'expected the tag of an image'), z.literal(true)])
      .optional(),
  ),
}
