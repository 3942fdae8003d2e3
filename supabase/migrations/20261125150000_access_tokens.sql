-- Personal access tokens: what a person gives to a program of theirs instead of a session. Only a hash is kept, so
-- who reads this table can use none of them. The id is the readable part of the token.

create table public.access_tokens (
  id text primary key check (id ~ '^[0-9A-Za-z]{12}$'),
  user_id uuid not null references auth.users (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 100),
  secret_hash text not null check (char_length(secret_hash) = 64),
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['read', 'chat', 'account']),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);

create index access_tokens_user on public.access_tokens (user_id, created_at desc);

alter table public.access_tokens enable row level security;
create policy gateway on public.access_tokens for all to helix_gateway using (true) with check (true);
revoke all on public.access_tokens from public, anon, authenticated;
grant select, insert, update, delete on public.access_tokens to helix_gateway;

-- What decides whether a token passes, in one read. It runs as its owner, because schema auth is not the gateway's to
-- read where Supabase signs people in.

create function helix.find_access_token(wanted text)
returns table (
  user_id uuid, secret_hash text, name text, scopes text[], expires_at timestamptz, revoked boolean, barred boolean
)
language sql stable security definer set search_path = '' as $$
  select t.user_id, t.secret_hash, t.name, t.scopes, t.expires_at, t.revoked_at is not null,
    exists (select from public.user_profiles p where p.user_id = t.user_id and p.status = 'suspended')
    or exists (
      select from auth.users u
      where u.id = t.user_id and (u.banned_until > now() or u.deleted_at is not null)
    )
  from public.access_tokens t where t.id = wanted
$$;

-- Whoever remembers a person hears when they are gone, or are no longer what they were.

create function helix.tell_person_changed() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_notify('helix_people', old.user_id::text);
  return null;
end $$;

create trigger tell_person_gone after delete on public.audit_actors
  for each row execute function helix.tell_person_changed();
create trigger tell_person_changed after update of role, status on public.user_profiles
  for each row when (old.role is distinct from new.role or old.status is distinct from new.status)
  execute function helix.tell_person_changed();

revoke all on function helix.find_access_token(text), helix.tell_person_changed() from public;
grant execute on function helix.find_access_token(text) to helix_gateway;
