import { processHost } from './host.ts'
import { run } from './run.ts'
import { table } from './table.ts'

/** Runs the command line of `process` and ends it with the exit code, after everything printed has left. */
export async function main(process: NodeJS.Process): Promise<void> {
  // A reader that went away (`helix … | head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.stderr.on('error', () => {})
  const exit = await run(process.argv.slice(2), table, processHost(process))
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exit)))
}
