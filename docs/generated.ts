import { readFileSync, writeFileSync } from 'node:fs'

interface GeneratedFile {
  path: URL
  text: string
}

/** Writes the files that differ; with `--check` on the command line it only says which, and the process fails. */
export function writeOrCompare(source: string, files: readonly GeneratedFile[]): void {
  const stale = files.filter(({ path, text }) => read(path) !== text)
  if (!process.argv.includes('--check')) for (const { path, text } of stale) writeFileSync(path, text)
  else if (stale.length > 0) {
    const names = stale.map(({ path }) => path.pathname.split('/').at(-1)).join(' and ')
    process.stderr.write(`${names} differ from ${source}: run \`npm run docs\`.\n`)
    process.exitCode = 1
  }
}

function read(path: URL): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
