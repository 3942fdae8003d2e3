-- What a person reads, in one round trip each: the function enters the person's role and claims for the rest
-- of the (single-statement) transaction, so that row-level security decides what there is to see.

create function helix.enter(person uuid) returns void
language sql set search_path = '' as $$
  select set_config('request.jwt.claims', json_build_object('sub', person, 'role', 'authenticated')::text, true),
    set_config('role', 'authenticated', true);
$$;

create function helix.read_conversations(person uuid, key text, before_at timestamptz, before_id uuid, most integer)
returns table (
  id uuid, session_key text, title text, message_count integer, active_message_id uuid, created_at timestamptz,
  updated_at timestamptz, last_message_at timestamptz, activity text
)
language plpgsql set search_path = '' as $$
begin
  perform helix.enter(person);
  return query
    select c.id, c.session_key, c.title, c.message_count, c.active_message_id, c.created_at, c.updated_at,
      c.last_message_at, coalesce(c.last_message_at, c.created_at)::text
    from public.conversations c
    where c.user_id = person and not c.deleted
      and (key is null or c.session_key = key)
      and (before_at is null or (coalesce(c.last_message_at, c.created_at), c.id) < (before_at, before_id))
    order by coalesce(c.last_message_at, c.created_at) desc, c.id desc
    limit most;
end $$;

-- The lines from `leaf` (or the conversation's active message) upwards, at most `most`; with `everything`, all
-- branches by position instead, from `leaf` (exclusive) backwards. Newest first.

create function helix.read_messages(person uuid, key text, leaf uuid, most integer, everything boolean)
returns table (line jsonb, siblings uuid[])
language plpgsql set search_path = '' as $$
declare
  active uuid;
  ceiling bigint;
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
    select to_jsonb(m), case
      when m.parent_id is null then array(
        select s.id from public.session_messages s
        where s.user_id = person and s.session_key = key and s.parent_id is null order by s.position)
      else array(select s.id from public.session_messages s where s.parent_id = m.parent_id order by s.position)
    end
    from chosen join public.session_messages m on m.id = chosen.id
    order by chosen.depth;
end $$;

-- What a person is to Helix; today's messages are those of this UTC day.

create function helix.read_profile(person uuid)
returns table (
  display_name text, avatar_url text, trust_level double precision, role text, onboarding_completed boolean,
  onboarding_step text, conversation_count integer, messages_today integer
)
language plpgsql set search_path = '' as $$
begin
  perform helix.enter(person);
  return query
    select p.display_name, p.avatar_url, p.trust_level, p.role, p.onboarding_completed, p.onboarding_step,
      p.conversation_count,
      case when p.messages_day = (now() at time zone 'utc')::date then p.messages_today else 0 end
    from public.user_profiles p where p.user_id = person;
end $$;

revoke all on function helix.enter(uuid), helix.read_conversations(uuid, text, timestamptz, uuid, integer),
  helix.read_messages(uuid, text, uuid, integer, boolean), helix.read_profile(uuid) from public;
grant execute on function helix.enter(uuid), helix.read_conversations(uuid, text, timestamptz, uuid, integer),
  helix.read_messages(uuid, text, uuid, integer, boolean), helix.read_profile(uuid) to helix_gateway;
