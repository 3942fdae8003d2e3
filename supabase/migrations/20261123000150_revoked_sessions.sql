-- Sessions that were ended before their access tokens expire. A gateway keeps the unexpired ones in memory, told
-- of each new one by NOTIFY, so that no request pays a query for it.

create table if not exists public.revoked_sessions (
  session_id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  revoked_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index if not exists idx_revoked_sessions_expires_at on public.revoked_sessions (expires_at);
create index if not exists idx_revoked_sessions_user_id on public.revoked_sessions (user_id);

create or replace function helix.tell_revoked_session() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_notify('helix_revocations',
    pg_catalog.concat(new.session_id, ' ', ceil(extract(epoch from new.expires_at) * 1000)::bigint));
  return null;
end $$;
revoke all on function helix.tell_revoked_session() from public;

drop trigger if exists tell_revoked_session on public.revoked_sessions;
create trigger tell_revoked_session after insert on public.revoked_sessions
  for each row execute function helix.tell_revoked_session();

-- What this installation knows of itself, one fact a key: `creator_id` is whose it is.

create table if not exists public.settings (
  key text primary key check (char_length(key) between 1 and 100),
  value jsonb not null,
  updated_at timestamptz not null default now()
);

alter table public.revoked_sessions enable row level security;
alter table public.settings enable row level security;

drop policy if exists gateway on public.revoked_sessions;
create policy gateway on public.revoked_sessions for all to helix_gateway using (true) with check (true);
drop policy if exists gateway on public.settings;
create policy gateway on public.settings for all to helix_gateway using (true) with check (true);

revoke all on public.revoked_sessions, public.settings from public, anon, authenticated;
grant select, insert, update, delete on public.revoked_sessions, public.settings to helix_gateway;
do $$
begin
  if exists (select from pg_roles where rolname = 'service_role') then
    grant select, insert, update, delete on public.revoked_sessions, public.settings to service_role;
  end if;
end $$;
