import { expect, it, onTestFinished } from 'vitest'
import { openEmbedded } from '../db/embedded.ts'
import { loadTemplate } from '../db/template.ts'
import { type CopyEnd, copyDatabase } from './copy.ts'

async function end(name: string): Promise<CopyEnd> {
  const db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
  onTestFinished(() => db.close())
  return { name, db, mode: 'embedded', dataDir: `/nowhere/${name}` }
}

it('leaves a target into which somebody came after the first look', async () => {
  const [from, to] = [await end('laptop'), await end('server')]
  const signUp = `insert into auth.users (id, email) values ('00000000-0000-4000-8000-000000000001', 'ada@example.com')`
  let came = false
  const late: CopyEnd['db'] = {
    ...to.db,
    async bulk(work, options) {
      if (!came) await to.db.transaction('owner', (tx) => tx.script(signUp))
      came = true
      return to.db.bulk(work, options)
    },
  }
  const copied = copyDatabase({ from, to: { ...to, db: late }, actor: 'cli:test', confirm: undefined })
  await expect(copied).rejects.toMatchObject({
    code: 'precondition_failed',
    message: expect.stringContaining('has people in it already'),
  })
  const people = await to.db.transaction('owner', (tx) => tx.query('select email from auth.users'))
  expect(people).toEqual([{ email: 'ada@example.com' }])
})
