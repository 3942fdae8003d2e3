import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { HelixError } from '../../errors.ts'
import type { Settings } from './schema.ts'
import type { Variables } from './template.ts'

/** Values for each virtual user, of the rows of CSV files. */
export type DrawRow = (arrival: number) => Variables

/** @throws HelixError `usage` for a file that is not there, or empty */
export async function readPayload(
  payload: NonNullable<Settings['payload']>,
  folder: string,
): Promise<DrawRow> {
  const draws = await Promise.all(
    payload.map(async ({ path, fields, order, skipHeader, delimiter }): Promise<DrawRow> => {
      const text = await readFile(resolve(folder, path), 'utf8').catch((cause: unknown) => {
        throw new HelixError('usage', `The payload ${path} cannot be read`, { cause })
      })
      const rows = parseCsv(text, delimiter).slice(skipHeader ? 1 : 0)
      if (rows.length === 0) throw new HelixError('usage', `The payload ${path} has no rows`)
      return (arrival) => {
        const place = order === 'sequence' ? arrival : Math.floor(Math.random() * rows.length)
        const row = rows[place % rows.length] ?? []
        return Object.fromEntries(fields.map((field, i) => [field, row[i]]))
      }
    }),
  )
  return (arrival) => Object.assign({}, ...draws.map((draw) => draw(arrival)))
}

/** Rows of RFC 4180, without empty ones. */
function parseCsv(text: string, delimiter = ','): string[][] {
  const rows: string[][] = [[]]
  const field = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^"\\r\\n${escaped(delimiter)}]*))(${escaped(delimiter)}|\\r?\\n|$)`,
    'y',
  )
  while (field.lastIndex < text.length) {
    const [, quoted, plain = '', end = ''] = field.exec(text) ?? ['', undefined, text.slice(field.lastIndex)]
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === '' || field.lastIndex === 0) break
    if (end !== delimiter) rows.push([])
  }
  return rows.filter((row) => row.some((value) => value !== ''))
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\-]/, '\\$&')
}
