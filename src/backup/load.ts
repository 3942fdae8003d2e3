import type { BulkTransaction, Database } from '../db/database.ts'
import type { Part } from './archive.ts'
import type { Manifest } from './manifest.ts'
import { declared, moved, type Place, placeOf } from './place.ts'
import { replaceRows } from './replace.ts'
import { columnList, type KeptTable, qualified } from './tables.ts'

interface Loading {
  engine: Database['engine']
  manifest: Pick<Manifest, 'sequences'>
  parts: AsyncIterable<Part>
  onTable?: ((name: string) => void) | undefined
}

/** Puts the rows of a backup in place of all there are, in the transaction given. Resolves to the parts that were files. */
export function loadParts(
  tx: BulkTransaction,
  { engine, manifest, parts, onTable }: Loading,
): Promise<Map<string, Buffer>> {
  return replaceRows(tx, { engine, sequences: manifest.sequences }, async (tables) => {
    const files = new Map<string, Buffer>()
    for await (const part of parts) {
      if ('file' in part) files.set(part.file, await whole(part.bytes))
      else {
        onTable?.(part.table)
        await loadTable(tx, tables, part)
      }
    }
    return files
  })
}

async function loadTable(
  tx: BulkTransaction,
  tables: readonly KeptTable[],
  part: Extract<Part, { table: string }>,
): Promise<void> {
  const { columns, bytes } = part
  const place = placeOf(tables, part)
  if (place === undefined) for await (const _piece of bytes);
  else if (place.columns.length === columns.length)
    await tx.copyIn(`${qualified(place.target)} (${columnList(columns)})`, bytes)
  else await loadShared(tx, place, columns, bytes)
}

async function loadShared(
  tx: BulkTransaction,
  place: Place,
  columns: readonly string[],
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  await tx.script(
    `create temporary table helix_staged (${await declared(tx, place.target, columns)}) on commit drop`,
  )
  await tx.copyIn(`helix_staged (${columnList(columns)})`, bytes)
  await tx.script(`${moved(place, 'helix_staged')}; drop table helix_staged`)
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return Buffer.concat(pieces)
}
