import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import type { Audit } from './audit/audit.ts'
import { HelixError } from './errors.ts'

/** One program to run: its words, never a shell's text, and all it may see of the environment. */
interface Program {
  program: string
  args: readonly string[]
  cwd: string
  environment: Readonly<Record<string, string | undefined>>
  signal?: AbortSignal | undefined
}

/**
 * Runs a program to its end and resolves to what it printed.
 * @throws HelixError `program_failed` with the last lines it printed, `precondition_failed` where there is no such program
 */
export type RunProgram = (program: Program) => Promise<string>

const MOST_OUTPUT = 64 * 1024 * 1024
const SHOWN_LINES = 20

/** Runs programs that are written down before they run, and after: their words, never their environment. */
export function loggedPrograms(audit: Pick<Audit, 'act'>, actor: string): RunProgram {
  return (call) => {
    const args = call.args.map((word) => word.replaceAll(call.cwd, '.'))
    const data = { program: basename(call.program), args }
    const entry = { channel: 'commands', kind: 'program.run.start', actor, data } as const
    return audit.act(entry, () => runProgram(call))
  }
}

/** Runs a program and tells nobody: for tests, and what {@link loggedPrograms} is made of. */
export const runProgram: RunProgram = async ({ program, args, cwd, environment, signal }) => {
  try {
    const { stdout } = await promisify(execFile)(program, [...args], {
      ...{ cwd, env: { ...environment }, maxBuffer: MOST_OUTPUT, encoding: 'utf8' },
      ...(signal ? { signal } : {}),
    })
    return stdout
  } catch (cause) {
    signal?.throwIfAborted()
    throw failure(program, args, cause)
  }
}

function failure(program: string, args: readonly string[], cause: unknown): HelixError {
  const { code, stderr = '', stdout = '' } = cause as { code?: unknown; stderr?: string; stdout?: string }
  if (code === 'ENOENT') {
    return new HelixError('precondition_failed', `${program} is not installed`, {
      hint: `Install ${program}, or put it on the PATH.`,
      cause,
    })
  }
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-SHOWN_LINES).join('\n')
  return new HelixError('program_failed', `${program} ${args.slice(0, 3).join(' ')} failed:\n${said}`, {
    hint: 'Mend what it says, and run this again.',
    cause,
  })
}
