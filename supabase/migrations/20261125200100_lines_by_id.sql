-- Reading along a line, each message by its own id and by nothing else: told the conversation too, the planner may
-- look for each in an index of the whole of it, which took minutes for ten thousand. A message follows one of its own
-- conversation from the moment it is written, and whose it is is for row-level security.

create or replace function helix.read_messages(person uuid, key text, leaf uuid, most integer, everything boolean)
returns table (line jsonb, siblings uuid[])
language plpgsql set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
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
      join public.session_messages m on m.id = path.parent_id
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

create or replace function helix.read_messages_around(person uuid, key text, around uuid, earlier integer, later integer)
returns table (line jsonb, siblings uuid[], distance integer)
language plpgsql set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
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
      join public.session_messages m on m.id = path.parent_id
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

create or replace function helix.turn_history(person uuid, key text, leaf uuid) returns jsonb
language plpgsql stable set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  return (with recursive line as (
    select m.id, m.parent_id, m.role, m.content, m.created_at, 1 as depth, s.content as summary
    from public.session_messages m
    left join public.conversation_summaries s on s.upto_message_id = m.id
    where m.id = leaf and m.user_id = person and m.session_key = key
    union all
    select m.id, m.parent_id, m.role, m.content, m.created_at, line.depth + 1, s.content
    from line
    join public.session_messages m on m.id = line.parent_id
    left join public.conversation_summaries s on s.upto_message_id = m.id
    where line.summary is null
  )
  select jsonb_build_object(
    'summary', (select summary from line where summary is not null limit 1),
    'messages', coalesce((
      select jsonb_agg(
        jsonb_build_object('id', id, 'role', role, 'content', content, 'createdAt', created_at)
        order by depth desc)
      from line where summary is null
    ), '[]')));
end $$;

create or replace function helix.change_conversation(person uuid, key text, new_title text, chosen uuid) returns text
language plpgsql set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  shown uuid;
  leaf uuid;
begin
  select active_message_id, active_message_id into shown, leaf from public.conversations
  where user_id = person and session_key = key and not deleted for no key update;
  if not found then
    return 'conversation_not_found';
  end if;
  if chosen is not null then
    with recursive below as (
      select m.id, m.position from public.session_messages m
      where m.id = chosen and m.user_id = person and m.session_key = key
      union all
      select m.id, m.position from below
      join public.session_messages m on m.parent_id = below.id
    )
    select below.id into leaf from below order by below.position desc limit 1;
    if not found then
      return 'message_not_found';
    end if;
  end if;
  update public.conversations
  set title = coalesce(new_title, title), active_message_id = leaf,
    title_by = case when new_title is null then title_by else 'person' end
  where user_id = person and session_key = key;
  if leaf is distinct from shown then
    perform helix.tell(array[person], array['conversation.switched'], array[key],
      array[jsonb_build_object('activeMessageId', leaf)]);
  end if;
  return 'changed';
end $$;
