import { expect, it, onTestFinished } from 'vitest'
import { openEmbedded } from '../db/embedded.ts'
import { loadTemplate } from '../db/template.ts'
import { loadParts } from './load.ts'

async function* none(): AsyncGenerator<never> {}

it('refuses a sequence the database does not have, rather than to let it begin anew', async () => {
  const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
  onTestFinished(() => db.close())
  const manifest = { sequences: [{ name: 'public.elsewhere_seq', value: '7', called: true }] }
  const loaded = db.bulk((tx) => loadParts(tx, { engine: 'pglite', manifest, parts: none() }))
  await expect(loaded).rejects.toMatchObject({
    code: 'restore_failed',
    message: expect.stringContaining('sequence public.elsewhere_seq'),
  })
})
