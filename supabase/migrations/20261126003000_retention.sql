-- What is kept for how long. A deleted conversation leaves only its key behind: it stays taken, so that nothing begins
-- anew under it.

alter table public.conversations add column erased boolean not null default false;

-- Deletes conversations in which nothing was written for so long, as their person would; answers how many.

create function helix.expire_conversations(days integer, most integer) returns integer
language plpgsql set search_path = '' as $$
declare
  talk record;
  gone integer := 0;
begin
  for talk in
    select c.user_id, c.session_key from public.conversations c
    where not c.deleted and coalesce(c.last_message_at, c.created_at) < now() - days * interval '1 day'
    order by c.user_id, c.session_key limit most for no key update skip locked
  loop
    perform helix.delete_conversation(talk.user_id, talk.session_key);
    gone := gone + 1;
  end loop;
  return gone;
end $$;

-- Erases a part of what one conversation held that was deleted so long ago; answers how many rows, 0 once all are erased.

create function helix.erase_deleted(days integer, most integer) returns integer
language plpgsql set search_path = '' as $$
declare
  talk record;
  gone integer;
begin
  select c.user_id, c.session_key into talk from public.conversations c
  where c.deleted and not c.erased and c.updated_at < now() - days * interval '1 day'
    and not exists (
      select from public.generations g
      where g.user_id = c.user_id and g.session_key = c.session_key and g.finished_at is null)
  order by c.updated_at limit 1 for update skip locked;
  if not found then
    return 0;
  end if;
  delete from public.generations where id in (
    select g.id from public.generations g
    where g.user_id = talk.user_id and g.session_key = talk.session_key limit most);
  get diagnostics gone = row_count;
  if gone = 0 then
    -- Later ones first: what hangs on a message goes with it.
    delete from public.session_messages where id in (
      select m.id from public.session_messages m
      where m.user_id = talk.user_id and m.session_key = talk.session_key
      order by m.position desc limit most);
    get diagnostics gone = row_count;
  end if;
  if gone = 0 then
    update public.conversations c
    set erased = true, title = null, memory_block = null, messages = null, active_message_id = null
    where c.user_id = talk.user_id and c.session_key = talk.session_key;
    get diagnostics gone = row_count;
  end if;
  return gone;
end $$;

-- Deletes events older than that, of which there are always enough for a device that was away for a while.

create function helix.expire_events(hours integer, most integer) returns integer
language plpgsql set search_path = '' as $$
declare
  gone integer;
begin
  delete from public.user_events where (user_id, seq) in (
    select e.user_id, e.seq from public.user_events e where e.at < now() - hours * interval '1 hour'
    order by e.at limit most for update skip locked
  );
  get diagnostics gone = row_count;
  return gone;
end $$;

revoke all on function helix.expire_conversations(integer, integer) from public;
revoke all on function helix.erase_deleted(integer, integer) from public;
revoke all on function helix.expire_events(integer, integer) from public;
grant execute on function helix.expire_conversations(integer, integer) to helix_gateway;
grant execute on function helix.erase_deleted(integer, integer) to helix_gateway;
grant execute on function helix.expire_events(integer, integer) to helix_gateway;
