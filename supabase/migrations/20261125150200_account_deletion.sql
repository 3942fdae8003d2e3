-- An account goes with everything of its person, and the chain stays whole.

-- Without schema auth to look into, as on a project whose owner may not read it, nobody is held to be banned.

create or replace function helix.find_access_token(wanted text)
returns table (
  user_id uuid, secret_hash text, name text, scopes text[], expires_at timestamptz, revoked boolean, barred boolean
)
language sql stable security definer set search_path = '' as $$
  select t.user_id, t.secret_hash, t.name, t.scopes, t.expires_at, t.revoked_at is not null,
    exists (select from public.user_profiles p where p.user_id = t.user_id and p.status = 'suspended')
    or exists (select from helix.lost_signins(array[t.user_id], '{}'))
  from public.access_tokens t where t.id = wanted
$$;

-- Asks a person's open generations to end; answers their ids.

create function helix.stop_person(person uuid) returns setof uuid
language sql set search_path = '' as $$
  with open as (
    select g.id from public.generations g
    where g.user_id = person and g.finished_at is null
    order by g.id for update
  )
  update public.generations g set stop_requested_at = coalesce(g.stop_requested_at, now())
  from open where g.id = open.id
  returning g.id
$$;

-- Erases a slice of what a person wrote and was answered, so that no statement is long: ended generations first, then
-- messages, the newest of a conversation first, because a message takes those that follow it along. Answers how many
-- rows went; 0 once nothing is left.

create function helix.erase_slice(person uuid, most integer) returns integer
language plpgsql set search_path = '' as $$
declare
  gone integer;
begin
  delete from public.generations where id in (
    select id from public.generations where user_id = person and finished_at is not null limit most
  );
  get diagnostics gone = row_count;
  if gone = 0 then
    delete from public.session_messages where id in (
      select id from public.session_messages where user_id = person
      order by session_key, position desc limit most
    );
    get diagnostics gone = row_count;
  end if;
  return gone;
end $$;

-- A generation that is deleted while it runs can no longer say how its call ended, so its deletion does: whoever
-- deletes it, here or in Supabase's dashboard, the chain has no intent that stays open.

create function helix.close_deleted_generations() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  heads text[];
begin
  select array_agg(
    format(
      '{"actor":"gateway:%s","at":"%s","channel":"api","data":{"intent":%s,"outcome":"abandoned"},"kind":"%s","log":"%s",',
      regexp_replace(d.instance, '[^A-Za-z0-9_.-]', '-', 'g'),
      to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), d.intent_seq,
      left(e.kind, -7) || 'response', e.log_id)
    order by d.intent_seq) into heads
  from deleted_generations d
  join public.audit_head h on true
  join public.audit_entries e on e.log_id = h.log_id and e.seq = d.intent_seq
  where d.finished_at is null and right(e.kind, 8) = '.request'
    and not exists (select from public.audit_entries c where c.log_id = e.log_id and c.intent = e.seq);
  if heads is not null then
    perform helix.append_audit(heads);
  end if;
  return null;
end $$;

create trigger close_deleted after delete on public.generations
  referencing old table as deleted_generations
  for each statement execute function helix.close_deleted_generations();

revoke all on function helix.find_access_token(text), helix.stop_person(uuid), helix.erase_slice(uuid, integer),
  helix.close_deleted_generations() from public;
grant execute on function helix.find_access_token(text), helix.stop_person(uuid), helix.erase_slice(uuid, integer)
  to helix_gateway;
