import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { helix } from '../test/support/host.ts'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'helix-doctor-'))
})

afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const doctor = (argv: string[] = [], environment: Record<string, string> = {}) =>
  helix(['doctor', ...argv], {
    cwd: dataDir,
    environment: { HELIX_DATA_DIR: dataDir, PORT: '0', ...environment },
  })

describe('helix doctor', () => {
  it('ends with 0 where all is well, and makes no database to find that out', async () => {
    const { exit, stdout } = await doctor(['--json'])
    expect(exit).toBe(0)
    const { checks } = JSON.parse(stdout).data
    expect(checks.find(({ id }: { id: string }) => id === 'database-reachable').status).toBe('skipped')
    expect(checks.every(({ status }: { status: string }) => status !== 'failed')).toBe(true)
  })

  it('prints every finding, then ends with 3 for an error among them', async () => {
    const { exit, stdout, stderr } = await doctor([], {
      DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/none',
    })
    expect(exit).toBe(3)
    expect(stdout).toContain('✔ Node is new enough')
    expect(stdout).toContain('✖ Not so: The database answers')
    expect(stdout.match(/Cannot reach database/g)).toHaveLength(1)
    expect(stdout).toContain('see “The database answers”')
    expect(stderr).toContain('checks failed')
    expect(stdout + stderr).not.toContain('hunter2')
  })

  it('only warns of what stops nothing', async () => {
    const { exit, stdout } = await doctor([], { HELIX_CREATOR_ID: 'rodrigo_specter' })
    expect(exit).toBe(0)
    expect(stdout).toContain('! Not so: The configuration gives no cause for doubt')
  })

  it('repairs with consent, writes it down first, and says how to undo it', async () => {
    chmodSync(dataDir, 0o755)
    expect(await doctor(['--fix'])).toMatchObject({ exit: 2, stderr: expect.stringContaining('--yes') })
    expect(statSync(dataDir).mode & 0o777).toBe(0o755)
    const { exit, stdout } = await doctor(['--fix', '--yes'])
    expect(exit).toBe(0)
    expect(stdout).toContain(`undo with: chmod 755 ${dataDir}`)
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    const journal = readFileSync(join(dataDir, 'journal.jsonl'), 'utf8').trim().split('\n')
    expect(journal.map((line) => JSON.parse(line).kind)).toEqual(['doctor.fix.start', 'doctor.fix.end'])
  })
})
