import module from 'node:module'

const ROOT_HELP = ['', '--help', '-h', 'help']

/** Runs the command line of `process` and ends it with the exit code, after everything printed has left. */
export async function main(process: NodeJS.Process): Promise<void> {
  // A reader that went away (`helix … | head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.stderr.on('error', () => {})
  const argv = process.argv.slice(2)
  if (argv.length <= 1 && ROOT_HELP.includes(argv[0] ?? '')) return printRootHelp(process)
  // Turned on here because it costs more than it saves where only help is printed.
  module.enableCompileCache()
  const exit = await runCommandLine(argv, process)
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exit)))
}

async function runCommandLine(argv: readonly string[], process: NodeJS.Process): Promise<number> {
  const [{ processHost }, { run }, { table }] = await Promise.all([
    import('./host.ts'),
    import('./run.ts'),
    import('./table.ts'),
  ])
  return run(argv, table, processHost(process))
}

// The same text `run` prints, by way of as few modules as can be: it is what people see first.
async function printRootHelp({ stdout, env }: NodeJS.Process): Promise<void> {
  const [{ rootHelp }, { table }, { createColour, wantsColour }] = await Promise.all([
    import('./help.ts'),
    import('./table.ts'),
    import('../src/ui/colour.ts'),
  ])
  stdout.write(`${rootHelp(table, createColour(wantsColour(stdout.isTTY === true, env)))}\n`)
}
