import { expect, it } from 'vitest'
import { createColour } from '../src/ui/colour.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import { commandHelp } from './help.ts'
import { loadCommand, table } from './table.ts'

const INTRODUCTION = `# Commands

Every command there is, as \`--help\` shows it. A test writes this page and compares it: after a change run
\`npx vitest run commands/manual --update\`.

Results go to stdout, everything else to stderr. \`--json\` prints one document,
\`{"ok":true,"schemaVersion":1,"data":…}\` or \`{"ok":false,"schemaVersion":1,"code":"…","message":"…","hint":"…","next":[…]}\`;
commands that stream print one JSON object a line. Without a terminal nothing is ever asked: the command ends with 2
and names the flag to add.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed; findings of a check; gateway unreachable; incomplete reply |
| 2 | not understood, or needs input or consent |
| 3 | precondition or configuration; findings of \`doctor\` |
| 4 | somebody else holds the lock |
| 5, 6 | a gate failed and the deploy was rolled back; or could not be |
| 7 | migration failed |
| 8 | backup or restore failed |
| 9 | thresholds missed |
| 10 | sign-in or secret refused |
| 130, 143 | ended by SIGINT, SIGTERM |

Options of every command:
`

it('docs/commands.md shows every command as it is', async () => {
  const plain = createColour(false)
  const options = GLOBAL_OPTIONS.map(([flags, meaning]) => `- \`${flags}\`: ${meaning}`)
  const sections = []
  for (const [path, { summary, load }] of Object.entries(table)) {
    if (!load) continue
    const help = commandHelp(path, summary, await loadCommand(load), plain)
    sections.push(`## helix ${path}\n\n\`\`\`text\n${help.split('\n\nEvery command\n')[0]}\n\`\`\``)
  }
  const page = [INTRODUCTION, options.join('\n'), '', sections.join('\n\n'), ''].join('\n')
  await expect(page).toMatchFileSnapshot('../docs/commands.md')
})
