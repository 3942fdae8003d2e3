-- Reading a conversation from any place in it. Each line also tells whether a summary speaks for everything up to it.

create or replace function helix.read_messages(person uuid, key text, leaf uuid, most integer, everything boolean)
returns table (line jsonb, siblings uuid[])
language plpgsql set search_path = '' as $$
declare
  active uuid;
  ceiling bigint;
  summarised uuid[] := array(
    select s.upto_message_id from public.conversation_summaries s where s.user_id = person and s.session_key = key);
begin
  perform helix.enter(person);
  select c.active_message_id into active from public.conversations c
  where c.user_id = person and c.session_key = key and not c.deleted;
  if not found then
    return;
  end if;
  if everything and leaf is not null then
    select m.position into ceiling from public.session_messages m
    where m.id = leaf and m.user_id = person and m.session_key = key;
  end if;
  return query
    with recursive path as (
      select m.id, m.parent_id, 1 as depth from public.session_messages m
      where not everything and m.user_id = person and m.session_key = key
        and m.id = coalesce(leaf, active)
      union all
      select m.id, m.parent_id, path.depth + 1 from path
      join public.session_messages m on m.id = path.parent_id and m.user_id = person and m.session_key = key
      where path.depth < most
    ), flat as (
      select m.id, row_number() over (order by m.position desc)::integer as depth
      from public.session_messages m
      where everything and m.user_id = person and m.session_key = key
        and (ceiling is null or m.position < ceiling)
      order by m.position desc limit most
    ), chosen as (
      select path.id, path.depth from path union all select flat.id, flat.depth from flat
    )
    select to_jsonb(m) || jsonb_build_object('summarised', m.id = any(summarised)), case
      when m.parent_id is null then array(
        select s.id from public.session_messages s
        where s.user_id = person and s.session_key = key and s.parent_id is null order by s.position)
      else array(select s.id from public.session_messages s where s.parent_id = m.parent_id order by s.position)
    end
    from chosen join public.session_messages m on m.id = chosen.id
    order by chosen.depth;
end $$;

-- The line that is shown, around one of its messages: at most `earlier` before it, itself, and at most `later` after
-- it. Newest first; nothing when it is no message of that line. `distance` counts from it, newer ones below zero.
-- Parents are known and children are many, so the way leads down from the line's end.

create function helix.read_messages_around(person uuid, key text, around uuid, earlier integer, later integer)
returns table (line jsonb, siblings uuid[], distance integer)
language plpgsql set search_path = '' set enable_seqscan = off set jit = off as $$
declare
  summarised uuid[] := array(
    select s.upto_message_id from public.conversation_summaries s where s.user_id = person and s.session_key = key);
begin
  perform helix.enter(person);
  return query
    with recursive path as (
      select m.id, m.parent_id, 1 as depth, case when m.id = around then 0 end as past
      from public.conversations c
      join public.session_messages m on m.id = c.active_message_id
      where c.user_id = person and c.session_key = key and not c.deleted
      union all
      select m.id, m.parent_id, path.depth + 1, case when m.id = around then 0 else path.past + 1 end
      from path
      join public.session_messages m on m.id = path.parent_id and m.user_id = person and m.session_key = key
      where path.past is null or path.past < earlier
    ), found as (
      select path.depth from path where path.past = 0
    ), chosen as (
      select path.id, path.depth - found.depth as distance from path, found
      where path.depth >= found.depth - later
    )
    select to_jsonb(m) || jsonb_build_object('summarised', m.id = any(summarised)), case
      when m.parent_id is null then array(
        select s.id from public.session_messages s
        where s.user_id = person and s.session_key = key and s.parent_id is null order by s.position)
      else array(select s.id from public.session_messages s where s.parent_id = m.parent_id order by s.position)
    end, chosen.distance
    from chosen join public.session_messages m on m.id = chosen.id
    order by chosen.distance;
end $$;

revoke all on function helix.read_messages_around(uuid, text, uuid, integer, integer) from public;
grant execute on function helix.read_messages_around(uuid, text, uuid, integer, integer) to helix_gateway;
