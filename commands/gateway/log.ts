import { redact } from '../../src/audit/redact.ts'
import type { Config } from '../../src/config/config.ts'
import { asHelixError } from '../../src/errors.ts'
import type { Logger, LogLevel } from '../../src/log/logger.ts'
import { createColour, wantsColour } from '../../src/ui/colour.ts'
import { causesOf } from '../causes.ts'
import type { Context } from '../context.ts'

/**
 * The gateway's log on stderr: JSON objects, one a line.
 * @param human as text instead, where stderr is a terminal
 */
export async function openLog(
  { stderr, environment, json }: Pick<Context, 'stderr' | 'environment' | 'json'>,
  { logLevel }: Pick<Config, 'logLevel'>,
  { human = false } = {},
): Promise<Logger> {
  const { createLogger } = await import('../../src/log/logger.ts')
  if (!human || json || stderr.isTTY !== true) {
    return createLogger({ level: logLevel, write: (line) => void stderr.write(line) })
  }
  const { humanLine } = await import('../../src/log/human.ts')
  const colour = createColour(wantsColour(true, environment))
  return createLogger({ level: logLevel, write: (line) => void stderr.write(humanLine(line, colour)) })
}

/** Logs what went wrong where no caller could be told, with its causes and without its secrets. */
export function logFailure(log: Logger, thrown: unknown, level: LogLevel = 'error'): void {
  const { code } = asHelixError(thrown)
  const message = redact(thrown instanceof Error ? thrown.message : String(thrown))
  log[level]({ event: 'error', code, message, causes: causesOf(thrown).split('\n') })
}
