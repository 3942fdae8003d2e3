import { inspectConfig } from '../../src/config/load.ts'
import { configInvalid } from '../../src/config/problems.ts'
import { showSettings } from '../../src/config/show.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import { defineCommand } from '../define.ts'

const WIDEST_VALUE = 48

export default defineCommand({
  examples: [
    ['helix config show', 'every setting, its value, and where it comes from'],
    ['helix config show --env production', 'the same with .env.production'],
  ],
  description: 'Secrets are never printed. Ends with 3 when something is wrong with the configuration.',
  async run(_input, { cwd, env, url, environment }) {
    const { config, problems } = await inspectConfig({ cwd, flags: { env, url }, environment })
    const { root, configFile = null, production, mode, simulated, notices } = config
    const settings = showSettings(config)
    return { root, configFile, env: config.env, production, mode, simulated, settings, notices, problems }
  },
  view({ root, env, mode, simulated, settings, notices }, { colour }) {
    const rows = settings.map(({ key, value, source }) => ({ key, text: oneLine(value), source }))
    const width = Math.max(...rows.map(({ key }) => key.length))
    return [
      `${colour.bold(root)}  environment ${env}, mode ${mode}${simulated ? ', Claude simulated' : ''}`,
      '',
      ...rows.map(({ key, text, source }) => {
        const row = `${key.padEnd(width)}  ${text.padEnd(WIDEST_VALUE)}  `
        return source === 'default' ? colour.dim(row + source) : row + colour.cyan(source)
      }),
      ...notices.map((notice) => {
        const paint = notice.level === 'warning' ? colour.yellow : colour.dim
        return paint(`${notice.level}: ${notice.source}: ${notice.message}. ${notice.fix}`)
      }),
    ].join('\n')
  },
  verdict: ({ problems }) => (problems.length > 0 ? configInvalid(problems) : undefined),
})

function oneLine(value: unknown): string {
  if (value === null) return '–'
  const text = safeText(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\n', ' ')
  return text.length > WIDEST_VALUE ? `${text.slice(0, WIDEST_VALUE - 1)}…` : text
}
