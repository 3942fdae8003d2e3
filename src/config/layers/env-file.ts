import { readFile, stat } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Report } from '../problems.ts'
import { readEnvText } from './env-text.ts'
import type { Variable } from './layer.ts'
import { isKnownVariable, reportUnknown } from './variables.ts'

/**
 * Reads an env file (`.env.<env>` of the root, or one of `web/` and `desktop/`). Reports what cannot be read or is
 * unknown, and a file that others may read. No file is no variables: undefined.
 */
export async function readEnvFile(
  path: string,
  root: string,
  report: Report,
): Promise<Variable[] | undefined> {
  const file = relative(root, path)
  const text = await readText(path, file, report)
  if (text === undefined) return undefined
  await checkMode(path, file, report)
  const { entries, problems, warnings } = readEnvText(text)
  for (const { line, ...problem } of problems) report.problem({ source: `${file}:${line}`, ...problem })
  for (const { line, ...warning } of warnings) report.warn({ source: `${file}:${line}`, ...warning })
  const variables = entries.map(({ name, value, line }): Variable => {
    return { name, value, source: { layer: 'env-file', at: `${name} in ${file}:${line}` } }
  })
  for (const variable of variables) if (!isKnownVariable(variable.name)) reportUnknown(variable, report)
  return variables
}

async function readText(path: string, file: string, report: Report): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      report.problem({ source: file, message: `it cannot be read (${code})`, fix: `Make ${path} readable.` })
    }
    return undefined
  }
}

// Windows has no such modes.
async function checkMode(path: string, file: string, report: Report): Promise<void> {
  const mode = (await stat(path)).mode & 0o777
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  report.warn({
    source: file,
    message: `others on this machine may read it (mode 0${mode.toString(8)})`,
    fix: `Run \`chmod 600 ${file}\`.`,
  })
}
