// Writes supabase/schema.sql from what the migrations make on PostgreSQL 15; with --check only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { dumpSchema, dumpUnavailable } from '../test/support/schema-dump.ts'

const path = new URL('schema.sql', import.meta.url)

if (dumpUnavailable !== null) throw new Error(`The schema cannot be dumped: ${dumpUnavailable}`)
const schema = await dumpSchema()
if (!process.argv.includes('--check')) writeFileSync(path, schema)
else if (readFileSync(path, 'utf8') !== schema) {
  process.stderr.write('supabase/schema.sql is not what the migrations make: run `npm run schema:dump`.\n')
  process.exitCode = 1
}
