import { appendToJournal } from './journal.ts'

// Appends until it is killed; prints each seq once it was acknowledged.
const [path = '', name = ''] = process.argv.slice(2)
for (let round = 1; ; round += 1) {
  const data = { round, filler: 'x'.repeat(round % 900) }
  const seq = await appendToJournal(path, {
    channel: 'commands',
    kind: 'test.note',
    actor: `cli:${name}`,
    data,
  })
  process.stdout.write(`${seq}\n`)
}
