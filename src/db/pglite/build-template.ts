import { join } from 'node:path'
import { packageRoot } from '../../config/package.ts'
import { buildTemplate, templateName } from '../template.ts'

// A step of the build: `node dist/src/db/pglite/build-template.js` lays the template beside the compiled code.
const folder = join(packageRoot(), 'dist')
const packed = await buildTemplate(folder, 1)
process.stdout.write(`${join(folder, templateName())} ${packed.length} bytes\n`)
