import { messages } from '@electric-sql/pglite'
import type { Row } from '../database.ts'
import { valueParser } from '../values.ts'

/** One statement with parameters as a single write: parse (unless prepared already), bind, describe, execute, sync. */
export function extendedQuery(
  name: string,
  sql: string,
  params: readonly (string | null)[],
  prepared: boolean,
): Uint8Array {
  return Buffer.concat([
    ...(prepared ? [] : [message('P', text(name), text(sql), int16(0))]),
    message('B', text(''), text(name), int16(0), int16(params.length), ...params.flatMap(value), int16(0)),
    message('D', text('P')),
    message('E', text(''), int32(0)),
    message('S'),
  ])
}

/** Forgets a prepared statement; one that is not there is no error. */
export function closeStatement(name: string): Uint8Array {
  return Buffer.concat([message('C', text(`S${name}`)), message('S')])
}

/** Any number of statements without parameters. */
export function simpleQuery(sql: string): Uint8Array {
  return message('Q', text(sql))
}

/** A `COPY … FROM STDIN` together with all it reads. */
export function copyInQuery(sql: string, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([simpleQuery(sql), message('d', Buffer.from(bytes)), message('c')])
}

/** Rows of the last result among a statement's answers. */
export function rowsOf(answers: readonly messages.BackendMessage[]): Row[] {
  let columns: { name: string; parse: (text: string) => unknown }[] = []
  const rows: Row[] = []
  for (const answer of answers) {
    if (answer instanceof messages.RowDescriptionMessage) {
      columns = answer.fields.map(({ name, dataTypeID }) => ({ name, parse: valueParser(dataTypeID) }))
    } else if (answer instanceof messages.DataRowMessage) {
      rows.push(rowOf(columns, answer.fields))
    }
  }
  return rows
}

function rowOf(
  columns: readonly { name: string; parse: (text: string) => unknown }[],
  fields: (string | null)[],
): Row {
  const row: Row = {}
  columns.forEach(({ name, parse }, place) => {
    const field = fields[place] ?? null
    row[name] = field === null ? null : parse(field)
  })
  return row
}

/** The tag of the last command that completed, such as `INSERT 0 1`. */
export function commandTag(answers: readonly messages.BackendMessage[]): string {
  const last = answers.findLast((answer) => answer instanceof messages.CommandCompleteMessage)
  return last instanceof messages.CommandCompleteMessage ? last.text : ''
}

const CHUNK_BYTES = 1 << 16

/** The bytes of a `COPY … TO STDOUT`, a row an answer, gathered into larger chunks. */
export function copiedBytes(answers: readonly messages.BackendMessage[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let gathered: Uint8Array[] = []
  let size = 0
  for (const answer of answers) {
    if (!(answer instanceof messages.CopyDataMessage)) continue
    gathered.push(answer.chunk)
    size += answer.chunk.length
    if (size < CHUNK_BYTES) continue
    chunks.push(new Uint8Array(Buffer.concat(gathered)))
    gathered = []
    size = 0
  }
  if (size > 0) chunks.push(new Uint8Array(Buffer.concat(gathered)))
  return chunks
}

function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const head = Buffer.allocUnsafe(5)
  head.write(type, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function text(content: string): Buffer {
  return Buffer.from(`${content}\0`)
}

function value(param: string | null): Buffer[] {
  if (param === null) return [int32(-1)]
  const bytes = Buffer.from(param)
  return [int32(bytes.length), bytes]
}

function int16(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeUInt16BE(number)
  return bytes
}

function int32(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(number)
  return bytes
}
