import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plainFiles } from '../../src/files.ts'
import { createMailFolder } from '../../src/signin/mail/folder.ts'
import type { MailKind } from '../../src/signin/mail/mail.ts'
import { composeMail } from '../../src/signin/mail/templates.ts'
import { helix } from '../../test/support/host.ts'

describe('helix user link', () => {
  let dataDir: string
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'helix-mails-'))
  })
  afterEach(() => rm(dataDir, { recursive: true }))

  const run = (...argv: string[]) =>
    helix(['user', 'link', ...argv], {
      cwd: dataDir,
      environment: { HELIX_DATA_DIR: dataDir, HELIX_MODE: 'embedded' },
    })
  const keep = async (kind: MailKind, to: string, code: string) => {
    await createMailFolder(dataDir, plainFiles).send(
      composeMail(kind, { to, code, link: `http://x.test/${code}` }),
    )
    await new Promise((resolve) => setTimeout(resolve, 5))
  }

  it('prints link and code of the newest mail to the address, whatever its kind', async () => {
    await keep('signup', 'ada@example.com', '111111')
    await keep('recovery', 'ada@example.com', '222222')
    await keep('recovery', 'bob@example.com', '333333')
    const { exit, stdout } = await run('Ada@Example.com')
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'http://x.test/222222\nCode: 222222\n' })
    const { stdout: json } = await run('bob@example.com', '--json')
    expect(JSON.parse(json)).toMatchObject({ ok: true, data: { kind: 'recovery', code: '333333' } })
  })

  it('prints the code alone where there is no link', async () => {
    await keep('reauthentication', 'ada@example.com', '444444')
    expect((await run('ada@example.com')).stdout).toBe('Code: 444444\n')
  })

  it('ends with 1 when there is none', async () => {
    const { exit, stdout, stderr } = await run('nobody@example.com')
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
    expect(stderr).toContain('No mail for nobody@example.com')
  })
})
