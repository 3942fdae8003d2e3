import { redact } from '../../src/audit/redact.ts'
import type { Config } from '../../src/config/config.ts'
import { asHelixError } from '../../src/errors.ts'
import type { Logger, LogLevel } from '../../src/log/logger.ts'
import { createColour, wantsColour } from '../../src/ui/colour.ts'
import { causesOf } from '../causes.ts'
import type { Context } from '../context.ts'

type Shown = Pick<Context, 'stderr' | 'environment' | 'json'>

/** The gateway's log on stderr: JSON objects, one a line. */
export async function openLog({ stderr }: Shown, { logLevel }: Pick<Config, 'logLevel'>): Promise<Logger> {
  const { createLogger } = await import('../../src/log/logger.ts')
  return createLogger({ level: logLevel, write: (line) => void stderr.write(line) })
}

/** The same for a person: as text where stderr is a terminal, and kept in a file, which nobody else does for them. */
export async function openKeptLog(
  context: Shown & Pick<Context, 'onClose'>,
  config: Pick<Config, 'logLevel' | 'dataDir'>,
): Promise<Logger> {
  const { createLogger } = await import('../../src/log/logger.ts')
  const { logPath, openLogFile } = await import('../../src/log/log-file.ts')
  const file = openLogFile({ path: logPath(config) })
  context.onClose(file.close)
  const show = await showing(context)
  return createLogger({
    level: config.logLevel,
    write(line) {
      file.write(line)
      show(line)
    },
  })
}

async function showing({ stderr, environment, json }: Shown): Promise<(line: string) => void> {
  if (json || stderr.isTTY !== true) return (line) => void stderr.write(line)
  const { humanLine } = await import('../../src/log/human.ts')
  const colour = createColour(wantsColour(true, environment))
  return (line) => void stderr.write(humanLine(line, colour))
}

/** Logs what went wrong where no caller could be told, with its causes and without its secrets. */
export function logFailure(log: Logger, thrown: unknown, level: LogLevel = 'error'): void {
  const { code } = asHelixError(thrown)
  const message = redact(thrown instanceof Error ? thrown.message : String(thrown))
  log[level]({ event: 'error', code, message, causes: causesOf(thrown).split('\n') })
}
