// Writes docs/openapi.json from the operations of the contract; with --check only compares.
import { readFileSync } from 'node:fs'
import { operations } from '../src/contract/api.ts'
import { openApiDocument } from '../src/openapi/document.ts'
import { writeOrCompare } from './generated.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

writeOrCompare('the operations', [
  {
    path: new URL('openapi.json', import.meta.url),
    text: `${JSON.stringify(openApiDocument(operations, version), null, 2)}\n`,
  },
])
