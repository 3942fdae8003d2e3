-- What went wrong, as everyone may know it, and what was said of it while it was mended.

create table public.incidents (
  id uuid primary key default gen_random_uuid(),
  title text not null check (char_length(title) between 1 and 200),
  severity text not null check (severity in ('minor', 'major', 'critical')),
  status text not null check (status in ('investigating', 'identified', 'monitoring', 'resolved')),
  started_at timestamptz(3) not null default now(),
  resolved_at timestamptz(3),
  check ((status = 'resolved') = (resolved_at is not null))
);

create index incidents_recent on public.incidents (started_at desc, id desc);

create table public.incident_updates (
  id bigint generated always as identity primary key,
  incident_id uuid not null references public.incidents (id) on delete cascade,
  at timestamptz(3) not null default now(),
  status text not null check (status in ('investigating', 'identified', 'monitoring', 'resolved')),
  message text not null check (char_length(message) between 1 and 4000)
);

create index incident_updates_incident on public.incident_updates (incident_id, id desc);

alter table public.incidents enable row level security;
alter table public.incident_updates enable row level security;
create policy gateway on public.incidents for all to helix_gateway using (true) with check (true);
create policy gateway on public.incident_updates for all to helix_gateway using (true) with check (true);
revoke all on public.incidents, public.incident_updates from public, anon, authenticated, service_role, helix_gateway;
grant select, insert, update, delete on public.incidents, public.incident_updates to helix_gateway;
