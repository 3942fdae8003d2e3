import { chmod, stat } from 'node:fs/promises'
import { type Check, failed, ok, skipped } from './check.ts'

const DOC = 'docs/configuration.md'
const FIX_KEY = 'Set CLAUDE_API_KEY for real replies.'

export const configValid: Check = {
  id: 'config-valid',
  title: 'The configuration is valid and complete',
  severity: 'error',
  doc: DOC,
  probe({ config, configProblems }) {
    if (configProblems.length === 0) return ok(`Environment ${config.env}, mode ${config.mode}`)
    const lines = configProblems.map(({ source, message, fix }) => `${source}: ${message}. ${fix}`)
    return failed(lines.join('\n'), 'Correct what is listed.')
  },
}

export const configNotices: Check = {
  id: 'config-notices',
  title: 'The configuration gives no cause for doubt',
  severity: 'warning',
  doc: DOC,
  probe({ config }) {
    const warnings = config.notices.filter(({ level }) => level === 'warning')
    if (warnings.length === 0) return ok('No warnings')
    const lines = warnings.map(({ source, message, fix }) => `${source}: ${message}. ${fix}`)
    return failed(lines.join('\n'), 'Follow what each line says.')
  },
}

export const claudeKey: Check = {
  id: 'claude-key',
  title: 'Claude can be called',
  severity: 'warning',
  doc: DOC,
  probe({ config }) {
    if (!config.simulated) return config.claude.apiKey ? ok('A key is set') : failed('No key is set', FIX_KEY)
    const detail = 'Claude is simulated: replies are made up on this machine'
    return config.production ? failed(detail, FIX_KEY) : ok(`${detail}. ${FIX_KEY}`)
  },
}

export const dataDirPrivate: Check = {
  id: 'data-dir-private',
  title: 'The data directory is readable by its owner alone',
  severity: 'error',
  doc: DOC,
  async probe({ config }) {
    if (process.platform === 'win32') return skipped('Windows has no such modes')
    const mode = await modeOf(config.dataDir)
    if (mode === undefined) return skipped(`${config.dataDir} does not exist yet`)
    if ((mode & 0o077) === 0) return ok(`${config.dataDir} (0${mode.toString(8)})`)
    return failed(
      `Others may read ${config.dataDir} (mode 0${mode.toString(8)})`,
      `Run \`chmod 700 ${config.dataDir}\`, or \`helix doctor --fix\`.`,
    )
  },
  fix: {
    describe: 'Take everybody else’s access to the data directory away',
    async run({ config }) {
      const before = (await modeOf(config.dataDir)) ?? 0
      await chmod(config.dataDir, 0o700)
      return `Mode of ${config.dataDir} is now 0700; undo with: chmod ${before.toString(8)} ${config.dataDir}`
    },
  },
}

async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mode }) => mode & 0o777,
    () => undefined,
  )
}
