import { resolve } from 'node:path'
import { z } from 'zod'
import { newMigrationFile } from '../../src/db/migrations/new-file.ts'
import { argument, defineCommand, option } from '../define.ts'

export default defineCommand({
  examples: [['helix db new add_note_colour', 'make an empty migration with the next version']],
  arguments: { name: argument('<name>', 'what it does, in lower_snake_case', z.string()) },
  options: {
    directory: option('--directory <path>', 'where the migrations are', z.string().min(1).optional()),
  },
  acts: ['file.write.start'],
  async run({ name, directory }, { cwd, log }) {
    const folder = directory === undefined ? undefined : resolve(cwd, directory)
    return { path: await newMigrationFile(name, new Date(), log().files, folder) }
  },
  view: ({ path }) => `Made ${path}. To undo, delete it.`,
})
