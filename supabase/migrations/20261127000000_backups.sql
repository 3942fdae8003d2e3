-- helix: readable by older releases
-- When backups were made and when a restore of one was proved, for whoever watches their age. What a backup is says its
-- own manifest; these rows say nothing that it does not.

create table public.backup_records (
  id text primary key check (id ~ '^\d{8}T\d{6}Z-[0-9a-f]{6}$'),
  made_at timestamptz(3) not null,
  place text not null check (char_length(place) between 1 and 1000),
  bytes bigint not null check (bytes >= 0),
  proved_at timestamptz(3),
  restore_ms bigint check (restore_ms >= 0),
  check ((proved_at is null) = (restore_ms is null))
);

create index backup_records_made on public.backup_records (made_at desc);

alter table public.backup_records enable row level security;
create policy gateway on public.backup_records for all to helix_gateway using (true) with check (true);
revoke all on public.backup_records from public, anon, authenticated, service_role, helix_gateway;
grant select, insert, update, delete on public.backup_records to helix_gateway;
