import { z } from 'zod'
import { option } from '../define.ts'

/** What every load test takes. */
export const loadOptions = {
  output: option('-o, --output <file>', 'keep the result as JSON', z.string().min(1).optional()),
  html: option('--html <file>', 'keep it as a page with plots', z.string().min(1).optional()),
  people: option(
    '--people <count>',
    'throw-away people who sign in; enough of them unless told',
    z.coerce.number().int().min(1).max(200).optional(),
  ),
  realClaude: option(
    '--real-claude',
    'have Claude answer where the gateway asks it, which costs money; else those replies are simulated',
    z.boolean().default(false),
  ),
  signIn: option('--no-sign-in', 'send no access token', z.boolean().default(true)),
}
