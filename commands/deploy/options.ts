import { z } from 'zod'
import { option } from '../define.ts'
import { withoutOption } from './target.ts'

/** What every deploy takes. @param archive what is brought, as the help says it */
export const deployOptions = (archive: string) => ({
  archive: option('--archive <file>', archive, z.string().min(1).optional()),
  ...howToDeploy,
})

/** What every deploy takes, whatever is brought. */
export const howToDeploy = {
  plan: option('--plan', 'print what would be done, and do nothing', z.boolean().default(false)),
  reason: option('--reason <text>', 'why, for whoever finds the lock', z.string().min(1).default('a deploy')),
  resume: option('--resume', 'finish the deploy that was interrupted', z.boolean().default(false)),
  undo: option('--undo', 'undo the deploy that was interrupted', z.boolean().default(false)),
  without: withoutOption,
}
