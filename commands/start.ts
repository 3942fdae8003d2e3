import { inProduction } from '../src/config/environment-name.ts'
import { defineCommand } from './define.ts'
import { listenOptions } from './gateway/listen-options.ts'

/** What `npm start` runs: everything on a laptop, the server alone in production. */
export default defineCommand({
  examples: [
    ['helix start --port 3000', 'as `helix up`; this is `npm start -- --port 3000`'],
    ['NODE_ENV=production helix start', 'as `helix gateway start`'],
  ],
  options: listenOptions,
  acts: ['db.migrate.start'],
  streams: true,
  async run(flags, context) {
    const { default: command } = inProduction(context.environment)
      ? await import('./gateway/start.ts')
      : await import('./up.ts')
    await command.run(flags, context)
  },
})
