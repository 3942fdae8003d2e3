import { describe, expect, it } from 'vitest'
import { tempFiles } from '../../../test/support/engines.ts'
import { readMigrations } from '../migrations/files.ts'
import { lintMigrations, ruleIds } from './lint.ts'

function lint(sql: string): string[] {
  const found = lintMigrations(readMigrations(tempFiles({ '1_test.sql': sql })))
  return found.map(({ rule, line }) => `${rule}:${line}`)
}

const TABLE = `create table public.note (id int);
alter table public.note enable row level security;
create policy gateway on public.note for all to helix_gateway using (true) with check (true);
grant select on public.note to helix_gateway;
`

describe('lint', () => {
  it.each([
    ['alter table note add column kind text not null', 'not-null-without-default:1'],
    ['alter table note add kind text not null, add other int', 'not-null-without-default:1'],
    ['-- one\n\nalter table only public.note\n  alter column id type bigint', 'column-type-change:3'],
    ['alter table note alter id set data type bigint', 'column-type-change:1'],
    ['alter table note rename column body to text', 'rename:1'],
    ['alter table if exists note rename to notes', 'rename:1'],
    ['alter table note drop column body', 'drop-column:1'],
    ['alter table note drop if exists body', 'drop-column:1'],
    ['drop table if exists note', 'drop-table:1'],
    ['create unique index note_id on public.note (id)', 'index-not-concurrent:1'],
    ['insert into note (id) values (uuidv7())', 'beyond-postgresql-15:1'],
    [
      'create function helix.f() returns uuid language sql as $$ select UUIDv7() $$',
      'beyond-postgresql-15:1',
    ],
    ['merge into a using b on a.id = b.id when matched then delete returning a.id', 'beyond-postgresql-15:1'],
    [`set search_path = 'public'`, 'session-set:1'],
    ['set session role helix_gateway', 'session-set:1'],
    [`select set_config('search_path', '', false)`, 'session-set:1'],
    [`alter type mood add value 'glad'`, 'alter-type:1'],
    [TABLE.replace(/^alter.*\n/m, ''), 'table-without-rls:1'],
    [TABLE.replace(/^create policy.*\n/m, ''), 'table-without-policy:1'],
    [TABLE.replace(/^grant.*\n/m, ''), 'table-without-grant:1'],
  ])('finds %j', (sql, finding) => {
    expect(lint(sql)).toEqual([finding])
  })

  it.each([
    ['alter table note add column kind text not null default $$a$$'],
    ['alter table note add column kind text, add constraint c check (kind is not null)'],
    ['alter table note drop constraint c'],
    [`${TABLE}create index note_id on note (id); alter table note add column more text not null`],
    ['create table helix.own (id int)'],
    [`set local lock_timeout = '1s'; select set_config('role', 'x', true)`],
    [`insert into note values ('set role', 'drop table x; alter type y')`],
    ['-- drop table note;\nselect 1 /* set role x; */'],
    [
      `create table a (); create table "b" (); do $$ declare t text; begin
         foreach t in array array['a', 'b'] loop
           execute format('alter table %I enable row level security', t);
           execute format('create policy p on %I using (true)', t);
           execute format('grant select on %I to helix_gateway', t);
         end loop; end $$`,
    ],
  ])('accepts %j', (sql) => {
    expect(lint(sql)).toEqual([])
  })

  it('accepts a finding with a reason, and only that one', () => {
    const allow = '-- helix: allow drop-table because nothing has used it since 0.2\n'
    expect(lint(`${allow}drop table note;\ndrop table other`)).toEqual(['drop-table:3'])
    expect(lint('-- helix: allow drop-table\ndrop table note')).toEqual(['drop-table:2'])
    expect(lint('-- helix: allow rename because so\ndrop table note')).toEqual(['drop-table:2'])
  })

  it('says what to write instead', () => {
    const [finding] = lintMigrations(
      readMigrations(tempFiles({ '1_test.sql': 'create table public.note ()' })),
    )
    expect(finding).toEqual({
      rule: 'table-without-rls',
      file: '1_test.sql',
      line: 1,
      message: expect.stringContaining('public.note'),
      fix: 'Add: alter table public.note enable row level security;',
    })
    expect(ruleIds).toContain('table-without-rls')
  })

  it('finds nothing in the migrations of Helix', () => {
    expect(lintMigrations(readMigrations())).toEqual([])
  })
})
