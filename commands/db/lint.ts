import { resolve } from 'node:path'
import { z } from 'zod'
import { lintMigrations } from '../../src/db/lint/lint.ts'
import { migrationsDirectory, readMigrations } from '../../src/db/migrations/files.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import { defineCommand, option } from '../define.ts'

export default defineCommand({
  examples: [
    ['helix db lint', 'look through the migrations for what would hurt a running service'],
    ['helix db lint --directory supabase/migrations', 'those of another directory'],
  ],
  description:
    'A comment "-- helix: allow <rule> because <reason>" before a statement accepts a finding. Ends with 1 while ' +
    'there are others.',
  options: {
    directory: option('--directory <path>', 'where the migrations are', z.string().min(1).optional()),
  },
  run({ directory }, { cwd }) {
    const migrations = readMigrations(
      directory === undefined ? migrationsDirectory() : resolve(cwd, directory),
    )
    return { files: migrations.length, findings: lintMigrations(migrations) }
  },
  view({ files, findings }, { colour }) {
    if (findings.length === 0) return `${colour.green('✔')} Nothing to object to in ${files} files.`
    return findings
      .map(({ rule, file, line, message, fix }) => {
        const place = colour.bold(`${safeText(file)}:${line}`)
        return `${place}  ${colour.yellow(rule)}  ${safeText(message)}\n  ${safeText(fix)}`
      })
      .join('\n')
  },
  verdict({ findings }) {
    if (findings.length === 0) return undefined
    return new HelixError('findings', `${findings.length} findings in the migrations`, {
      hint: 'Follow the advice, or accept one with "-- helix: allow <rule> because <reason>".',
      details: { findings: findings.length },
    })
  },
})
