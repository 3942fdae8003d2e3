import { ExportDocument } from '../export.ts'
import type { Operation } from '../operation.ts'

export const exportOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/export',
    id: 'exportEverything',
    summary: 'Answers everything Helix holds about you, as one JSON document.',
    description: `It comes as a stream and may be large: save it to a file. It tells how things were when it began. A document without \`complete\` at its end was cut off; ask again.`,
    tag: 'Account',
    access: 'person',
    scope: 'account',
    answers: {
      200: {
        description: 'The document.',
        schema: ExportDocument,
        headers: { 'Content-Disposition': 'A name to save it under.' },
      },
    },
    failures: ['too_many_streams'],
  },
]
