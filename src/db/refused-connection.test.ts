import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'
import { openPostgres } from './postgres.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server that answers the messages of a connection with `answers`, in turn; resolves to its port. */
async function answering(...answers: Buffer[]): Promise<number> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {})
    const left = [...answers]
    socket.on('data', () => socket.write(left.shift() ?? ''))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const refusal = (code: string) => message('E', Buffer.from(`SFATAL\0C${code}\0Mturned away\0\0`))
const scramBegins = message('R', Buffer.from('\0\0\0\nSCRAM-SHA-256\0\0', 'latin1'))
const scramGoesOn = message('R', Buffer.from('\0\0\0\u000br=nonce,s=c2FsdA==,i=4096', 'latin1'))

const opened = (url: string) =>
  openPostgres({ connectionString: url }).then(
    (db) => db.close().then(() => undefined),
    (error) => error,
  )

describe('a connection that is turned away', () => {
  it.each([
    ['28P01', 'the password'],
    ['28000', 'pg_hba.conf'],
    ['3D000', 'createdb things'],
    ['53300', 'max_connections'],
    ['57P03', 'try again'],
  ])('with %s is unreachable, says who asked and what helps', async (code, hint) => {
    const port = await answering(refusal(code))
    const thrown = await opened(`postgres://ada:hunter2@127.0.0.1:${port}/things`)
    expect(thrown).toMatchObject({
      code: 'database_unreachable',
      message: `Cannot reach database "things" at 127.0.0.1:${port} as "ada": turned away`,
      hint: expect.stringContaining(hint),
      details: { host: '127.0.0.1', port, database: 'things', user: 'ada' },
    })
    expect(JSON.stringify([thrown.message, thrown.hint, thrown.details])).not.toContain('hunter2')
  })

  it('for want of a password says so', async () => {
    const port = await answering(scramBegins, scramGoesOn)
    expect(await opened(`postgres://ada@127.0.0.1:${port}/things`)).toMatchObject({
      code: 'database_unreachable',
      message: expect.stringContaining('wants a password and none is given'),
      hint: expect.stringContaining('user:password@'),
    })
  })

  it('for want of TLS says so, without a warning of the driver', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    closing.push(() => warn.mockRestore())
    const port = await answering(Buffer.from('N'))
    expect(await opened(`postgres://ada:x@127.0.0.1:${port}/things?sslmode=require`)).toMatchObject({
      code: 'database_unreachable',
      hint: expect.stringContaining('sslmode'),
    })
    expect(warn).not.toHaveBeenCalled()
  })

  it.skipIf(postgresUnavailable)(
    `is so by a real server, for a missing database and a missing role (${postgresUnavailable ?? 'found'})`,
    async () => {
      const database = await createDatabase()
      const missing = new URL(database.url)
      missing.pathname = '/helix_nowhere'
      const nobody = new URL(database.url)
      nobody.username = 'helix_nobody'
      for (const url of [missing, nobody]) {
        expect(await opened(url.href)).toMatchObject({
          code: 'database_unreachable',
          message: expect.stringContaining('does not exist'),
        })
      }
      await database.drop()
    },
  )
})
