-- The schema that bootstrap and migrations make, as PostgreSQL 15 dumps it. Made by `npm run schema:dump`, so
-- that a review sees what a migration changes; never run this file.

CREATE SCHEMA helix;

CREATE SCHEMA public;

COMMENT ON SCHEMA public IS 'standard public schema';

CREATE FUNCTION helix.append_audit(heads text[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  chain text;
  size bigint;
  link text;
  head text;
  body text;
  bodies text[] := '{}';
  links text[];
  written integer;
begin
  select h.log_id, h.seq, h.hash into strict chain, size, link from public.audit_head h for update;
  links := array[link];
  foreach head in array heads loop
    body := head || '"prev":"' || link || '","schema":1,"seq":' || size + cardinality(links) || '}';
    link := encode(sha256(convert_to(body, 'UTF8')), 'hex');
    bodies := bodies || body;
    links := links || link;
  end loop;

  -- One statement for all: PostgreSQL prepares the checks of a table anew for each.
  insert into public.audit_entries (log_id, seq, at, channel, kind, actor, data, prev, hash)
  select chain, size + b.place, (e.entry ->> 'at')::timestamptz, e.entry ->> 'channel', e.entry ->> 'kind',
    e.entry ->> 'actor', e.entry -> 'data', links[b.place], links[b.place + 1]
  from unnest(bodies) with ordinality as b (body, place), lateral (select b.body::jsonb offset 0) as e (entry)
  where e.entry ->> 'log' = chain;
  get diagnostics written = row_count;
  if written < cardinality(heads) then
    raise exception 'An entry was made for another log than %', chain using errcode = 'HX001';
  end if;

  update public.audit_head set seq = size + cardinality(heads), hash = link;
  return size + 1;
end $$;

CREATE FUNCTION helix.begin_act(head text, lease_ms integer) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  intent bigint := helix.append_audit(array[head]);
begin
  insert into public.audit_acts (log_id, seq, expires_at)
  select h.log_id, intent, clock_timestamp() + lease_ms * interval '1 ms' from public.audit_head h;
  return intent;
end $$;

CREATE FUNCTION helix.can_read_signins() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  return has_table_privilege('auth.users', 'select') and has_table_privilege('auth.sessions', 'select')
    and not row_security_active('auth.users') and not row_security_active('auth.sessions');
exception when insufficient_privilege or undefined_table or invalid_schema_name then
  return false;
end $$;

CREATE FUNCTION helix.change_conversation(person uuid, key text, new_title text, chosen uuid) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
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

CREATE FUNCTION helix.change_profile(person uuid, changes jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform helix.enter(person);
  update public.user_profiles p
  set display_name = case when changes ? 'displayName' then changes ->> 'displayName' else p.display_name end,
    avatar_url = case when changes ? 'avatarUrl' then changes ->> 'avatarUrl' else p.avatar_url end,
    onboarding_completed = coalesce((changes #>> '{onboarding,completed}')::boolean, p.onboarding_completed),
    onboarding_step = case
      when changes -> 'onboarding' ? 'step' then changes #>> '{onboarding,step}'
      else p.onboarding_step end
  where p.user_id = person;
  return found;
end $$;

CREATE FUNCTION helix.close_deleted_generations() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION helix.close_turns(turns jsonb) RETURNS SETOF uuid
    LANGUAGE plpgsql
    SET search_path TO ''
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
declare
  heads text[];
  ended uuid[];
  people uuid[];
  keys text[];
  facts jsonb[];
begin
  with item as (
    select * from jsonb_to_recordset(turns) as t (
      place integer, "generationId" uuid, "leaseToken" bigint, state text, content text, "stopReason" text,
      "terminalSeq" integer, problem jsonb, "firstSeq" integer, "lastSeq" integer, deltas jsonb,
      "inputTokens" integer, "cacheCreation5m" integer, "cacheCreation1h" integer, "cacheRead" integer,
      "outputTokens" integer, "costNanoUsd" bigint, estimated boolean, "overheadMs" real,
      "requestId" text, "summaryOf" uuid, head text)
  ), ours as (
    select g.id from item
    join public.generations g
      on g.id = item."generationId" and g.lease_token = item."leaseToken" and g.finished_at is null
    order by g.id for update of g
  ), closed as (
    update public.generations g
    set state = item.state, terminal_seq = item."terminalSeq", problem = item.problem, finished_at = now()
    from item join ours on ours.id = item."generationId"
    where g.id = ours.id
    returning g.id, g.user_id, g.session_key, g.message_id, g.purpose, g.model, g.simulated
  ), answered as (
    update public.session_messages m
    set content = item.content, status = item.state, stop_reason = item."stopReason",
      input_tokens = item."inputTokens",
      cache_creation_input_tokens = item."cacheCreation5m" + item."cacheCreation1h",
      cache_read_input_tokens = item."cacheRead", output_tokens = item."outputTokens",
      cost_nano_usd = item."costNanoUsd", usage_estimated = item.estimated, overhead_ms = item."overheadMs"
    from closed join item on item."generationId" = closed.id
    where m.id = closed.message_id
  ), told as (
    insert into public.generation_events (generation_id, first_seq, last_seq, deltas)
    select closed.id, item."firstSeq", item."lastSeq", array(select jsonb_array_elements_text(item.deltas))
    from closed join item on item."generationId" = closed.id
    where item."firstSeq" is not null
    on conflict (generation_id, first_seq) do update set last_seq = excluded.last_seq, deltas = excluded.deltas
    where excluded.last_seq > generation_events.last_seq
  ), counted as (
    insert into public.usage_ledger (user_id, generation_id, purpose, model, input_tokens,
      cache_creation_5m_input_tokens, cache_creation_1h_input_tokens, cache_read_input_tokens, output_tokens,
      cost_nano_usd, estimated, simulated, request_id)
    select closed.user_id, closed.id, closed.purpose, closed.model, item."inputTokens", item."cacheCreation5m",
      item."cacheCreation1h", item."cacheRead", item."outputTokens", item."costNanoUsd",
      item.estimated, closed.simulated, item."requestId"
    from closed join item on item."generationId" = closed.id
  ), summarised as (
    insert into public.conversation_summaries (user_id, session_key, upto_message_id, content, model)
    select closed.user_id, closed.session_key, item."summaryOf", item.content, closed.model
    from closed join item on item."generationId" = closed.id
    where item."summaryOf" is not null and item.state = 'complete'
    on conflict (upto_message_id) do nothing
  )
  select array_agg(item.head order by item.place), array_agg(closed.id order by item.place),
    array_agg(closed.user_id order by item.place) filter (where closed.purpose = 'reply'),
    array_agg(closed.session_key order by item.place) filter (where closed.purpose = 'reply'),
    array_agg(
      jsonb_build_object('generationId', closed.id, 'messageId', closed.message_id, 'status', item.state)
      order by item.place) filter (where closed.purpose = 'reply')
  into heads, ended, people, keys, facts
  from closed join item on item."generationId" = closed.id;

  -- A statement of its own: what was spent is counted at the end of the one above, and people come after budgets.
  if cardinality(people) > 0 then
    perform helix.tell(people, array_fill('reply.finished'::text, array[cardinality(people)]), keys, facts);
  end if;
  if cardinality(heads) > 0 then
    perform helix.append_audit(heads);
  end if;
  return query select unnest(ended);
end $$;

CREATE FUNCTION helix.count_conversations() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  insert into public.user_profiles as p (user_id, conversation_count)
  select user_id, count(*) from changed_conversations where not deleted group by user_id order by user_id
  on conflict (user_id) do update set conversation_count = p.conversation_count + excluded.conversation_count;
  return null;
end $$;

CREATE FUNCTION helix.count_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  with talk as (
    update public.conversations c
    set message_count = c.message_count + added.total, last_message_at = added.latest, updated_at = now()
    from (
      select user_id, session_key, count(*) as total, max(created_at) as latest
      from added_messages group by user_id, session_key
    ) added
    where c.user_id = added.user_id and c.session_key = added.session_key
    returning c.user_id, c.session_key, c.title, c.message_count = added.total as fresh
  ), told as (
    select user_id, session_key, 0 as place, 'conversation.created' as event, false as asked,
      jsonb_build_object('title', title) as data
    from talk where fresh
    union all
    select user_id, session_key, position, 'message.added', role = 'user',
      jsonb_build_object('messageId', id, 'role', role)
    from added_messages where status <> 'pending'
    union all
    select user_id, session_key, position, 'reply.started', false,
      jsonb_build_object('generationId', generation_id, 'messageId', id, 'userMessageId', parent_id)
    from added_messages where status = 'pending'
  ), person as (
    insert into public.user_profiles as p (user_id, messages_today, event_seq)
    select user_id, count(*) filter (where asked), count(*) from told group by user_id order by user_id
    on conflict (user_id) do update
    set messages_today = excluded.messages_today
          + case when p.messages_day = excluded.messages_day then p.messages_today else 0 end,
        messages_day = excluded.messages_day,
        event_seq = p.event_seq + excluded.event_seq
    returning p.user_id, p.event_seq
  )
  insert into public.user_events (user_id, seq, event, session_key, data)
  select person.user_id,
    person.event_seq + 1 - row_number() over (partition by told.user_id order by told.place desc),
    told.event, told.session_key, told.data
  from told join person on person.user_id = told.user_id;
  return null;
end $$;

CREATE FUNCTION helix.count_spending() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  insert into public.budgets as b (holder, user_id, starts_on, spent_nano_usd)
  select coalesce(user_id::text, 'everyone'), user_id, starts_on, spent
  from (
    select null::uuid as user_id, date_trunc('month', at at time zone 'utc')::date as starts_on,
      sum(cost_nano_usd) as spent
    from added_usage where cost_nano_usd is not null and not simulated group by 2
    union all
    select user_id, (at at time zone 'utc')::date, sum(cost_nano_usd)
    from added_usage where cost_nano_usd is not null and not simulated and user_id is not null group by 1, 2
  ) as added
  order by user_id nulls first, starts_on
  on conflict (holder, starts_on) do update set spent_nano_usd = b.spent_nano_usd + excluded.spent_nano_usd;
  return null;
end $$;

CREATE FUNCTION helix.delete_conversation(person uuid, key text) RETURNS uuid[]
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  stopped uuid[];
begin
  perform 1 from public.conversations
  where user_id = person and session_key = key and not deleted for no key update;
  if not found then
    return null;
  end if;
  with open as (
    select g.id from public.generations g
    where g.user_id = person and g.session_key = key and g.finished_at is null
    order by g.id for update
  ), asked as (
    update public.generations g set stop_requested_at = coalesce(g.stop_requested_at, now())
    from open where g.id = open.id returning g.id
  )
  select coalesce(array_agg(asked.id), '{}') into stopped from asked;
  update public.conversations set deleted = true where user_id = person and session_key = key;
  return stopped;
end $$;

CREATE FUNCTION helix.end_act(head text, intent bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  outcome bigint := helix.append_audit(array[head]);
begin
  delete from public.audit_acts a using public.audit_head h where a.log_id = h.log_id and a.seq = intent;
  return outcome;
end $$;

CREATE FUNCTION helix.enter(person uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  select set_config('request.jwt.claims', json_build_object('sub', person, 'role', 'authenticated')::text, true),
    set_config('role', 'authenticated', true);
$$;

CREATE FUNCTION helix.erase_deleted(days integer, most integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION helix.erase_slice(person uuid, most integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION helix.event_range(person uuid) RETURNS TABLE(head bigint, oldest bigint)
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform helix.enter(person);
  return query
    select p.event_seq, (select min(e.seq) from public.user_events e where e.user_id = person)
    from public.user_profiles p where p.user_id = person;
end $$;

CREATE FUNCTION helix.expire_conversations(days integer, most integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION helix.expire_events(hours integer, most integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION helix.export_account(person uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if not helix.can_read_signins() then
    return null;
  end if;
  return (
    select jsonb_build_object(
      'email', nullif(u.email, ''), 'phone', nullif(u.phone, ''), 'anonymous', u.is_anonymous,
      'createdAt', u.created_at, 'emailConfirmedAt', u.email_confirmed_at, 'lastSignInAt', u.last_sign_in_at,
      'metadata', coalesce(u.raw_user_meta_data, '{}'),
      'identities', coalesce((
        select jsonb_agg(jsonb_build_object(
          'provider', i.provider, 'email', i.email, 'createdAt', i.created_at, 'lastSignInAt', i.last_sign_in_at)
          order by i.created_at, i.id)
        from auth.identities i where i.user_id = u.id), '[]'),
      'sessions', coalesce((
        select jsonb_agg(jsonb_build_object(
          'id', s.id, 'createdAt', s.created_at, 'updatedAt', s.updated_at, 'userAgent', s.user_agent, 'address', s.ip)
          order by s.created_at, s.id)
        from auth.sessions s where s.user_id = u.id), '[]'),
      'factors', coalesce((
        select jsonb_agg(jsonb_build_object(
          'type', f.factor_type, 'name', f.friendly_name, 'status', f.status, 'createdAt', f.created_at)
          order by f.created_at, f.id)
        from auth.mfa_factors f where f.user_id = u.id), '[]'))
    from auth.users u where u.id = person);
end $$;

CREATE FUNCTION helix.find_access_token(wanted text) RETURNS TABLE(user_id uuid, secret_hash text, name text, scopes text[], expires_at timestamp with time zone, revoked boolean, barred boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select t.user_id, t.secret_hash, t.name, t.scopes, t.expires_at, t.revoked_at is not null,
    exists (select from public.user_profiles p where p.user_id = t.user_id and p.status = 'suspended')
    or exists (select from helix.lost_signins(array[t.user_id], '{}'))
  from public.access_tokens t where t.id = wanted
$$;

CREATE FUNCTION helix.hold_budget(person uuid, starts date) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  spent bigint;
begin
  insert into public.budgets (holder, user_id, starts_on) values (coalesce(person::text, 'everyone'), person, starts)
  on conflict do nothing;
  select spent_nano_usd into strict spent from public.budgets
  where holder = coalesce(person::text, 'everyone') and starts_on = starts for update;
  return spent;
end $$;

CREATE FUNCTION helix.lost_signins(people uuid[], sessions uuid[]) RETURNS TABLE(kind text, id uuid, until timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if not helix.can_read_signins() then
    return;
  end if;
  return query
    select case when u.id is null or u.deleted_at is not null then 'gone' else 'banned' end, p.id,
      case when u.deleted_at is null then u.banned_until end
    from unnest(people) as p (id) left join auth.users u on u.id = p.id
    where u.id is null or u.deleted_at is not null or u.banned_until > now();
  return query
    select 'ended', s.id, null::timestamptz
    from unnest(sessions) as s (id)
    where not exists (select from auth.sessions a where a.id = s.id and (a.not_after is null or a.not_after > now()));
end $$;

CREATE FUNCTION helix.note_own_title() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  new.title_by := 'person';
  return new;
end $$;

CREATE FUNCTION helix.note_uptime(looks jsonb) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  with added as (
    insert into public.uptime_minutes (minute, gateway, database, claude, discord)
    select l.minute, l.gateway, l.database, l.claude, l.discord
    from jsonb_to_recordset(looks) as l (
      minute timestamptz, gateway "char", database "char", claude "char", discord "char")
    on conflict do nothing
    returning *
  )
  insert into public.uptime_days as d (day, component, good, bad, uncounted, since)
  select (a.minute at time zone 'utc')::date, p.component, count(*) filter (where p.state in ('o', 'd')),
    count(*) filter (where p.state = 'x'), count(*) filter (where p.state in ('-', '?')), min(a.minute)
  from added a, lateral (
    values ('gateway', a.gateway), ('database', a.database), ('claude', a.claude), ('discord', a.discord)
  ) as p (component, state)
  group by 1, 2
  order by 1, 2
  on conflict (day, component) do update
  set good = d.good + excluded.good, bad = d.bad + excluded.bad, uncounted = d.uncounted + excluded.uncounted,
    since = least(d.since, excluded.since)
$$;

CREATE FUNCTION helix.number_profile_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  new.event_seq := old.event_seq + 1;
  return new;
end $$;

CREATE FUNCTION helix.open_budgeted_turns(turns jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $_$
declare
  turn record;
  known record;
  leaf uuid;
  gone boolean;
  memory text;
  target record;
  open_here integer;
  open_all integer;
  known_talk boolean;
  history jsonb;
  reserve bigint;
  reserves bigint[] := '{}';
  day date := (now() at time zone 'utc')::date;
  refused jsonb;
  left_over integer;
  wait_ms integer;
  outcomes jsonb[] := '{}';
  people uuid[] := '{}';
  talks text[] := '{}';
  claims text[] := '{}';
  claimed text[] := '{}';
  claimants uuid[] := '{}';
  ids uuid[] := '{}';
  parents uuid[] := '{}';
  questions uuid[] := '{}';
  fresh boolean[] := '{}';
  heads text[] := '{}';
  opened jsonb[] := '{}';
  parent uuid;
  place integer;
  first_intent bigint;
begin
  -- Conversations are locked before budgets, and everyone's budget before anyone's own, whoever comes first in the list.
  if turns @? '$[*] ? (@.dayLimit != null || @.monthLimit != null)' then
    perform 1 from public.conversations c
    join jsonb_to_recordset(turns) as t ("userId" uuid, "sessionKey" text)
      on c.user_id = t."userId" and c.session_key = t."sessionKey"
    order by c.user_id, c.session_key for no key update of c;
  end if;
  if turns @? '$[*].monthLimit ? (@ != null)' then
    perform helix.hold_budget(null, date_trunc('month', day)::date);
  end if;

  for turn in
    select * from jsonb_to_recordset(turns) as t (
      "generationId" uuid, kind text, "userId" uuid, "sessionKey" text, "mayCreate" boolean, "mustCreate" boolean,
      target uuid, "userMessageId" uuid, "clientMessageId" text, "requestHash" text, "openLimit" integer, head text,
      "turnsPerSecond" double precision, "turnBurst" integer, "dayLimit" bigint, "monthLimit" bigint,
      "promptRate" bigint, "promptCharacters" integer, "replyCost" bigint)
  loop
    if turn."clientMessageId" is not null then
      place := array_position(claims, turn."userId" || ' ' || turn."clientMessageId");
      if place is not null then
        outcomes := outcomes || helix.outcome(turn."generationId",
          case when claimed[place] = turn."requestHash" then 'replay' else 'mismatch' end, claimants[place]);
        continue;
      end if;
      select id, request_hash into known from public.generations
      where user_id = turn."userId" and client_message_id = turn."clientMessageId";
      if found then
        outcomes := outcomes || helix.outcome(turn."generationId",
          case when known.request_hash = turn."requestHash" then 'replay' else 'mismatch' end, known.id);
        continue;
      end if;
    end if;

    select count(*) filter (where session_key = turn."sessionKey"), count(*) into open_here, open_all
    from public.generations where user_id = turn."userId" and finished_at is null and purpose = 'reply';
    if open_here > 0 or array_position(talks, turn."userId" || ' ' || turn."sessionKey") is not null then
      outcomes := outcomes || helix.outcome(turn."generationId", 'busy');
      continue;
    end if;
    if open_all + cardinality(array_positions(people, turn."userId")) >= turn."openLimit" then
      outcomes := outcomes || helix.outcome(turn."generationId", 'too_many');
      continue;
    end if;

    parent := null;
    known_talk := false;
    if not turn."mustCreate" then
      select active_message_id, deleted, memory_block into leaf, gone, memory from public.conversations
      where user_id = turn."userId" and session_key = turn."sessionKey" for no key update;
      known_talk := found;
      if known_talk and gone then
        outcomes := outcomes || helix.outcome(turn."generationId", 'deleted');
        continue;
      end if;
      if not known_talk and (not turn."mayCreate"
        or exists (select from public.conversations
          where session_key = turn."sessionKey" and user_id <> turn."userId"))
      then
        outcomes := outcomes || helix.outcome(turn."generationId", 'foreign');
        continue;
      end if;
    end if;

    if turn.kind = 'send' then
      if known_talk then
        parent := leaf;
      end if;
    else
      select id, parent_id, role into target from public.session_messages
      where id = turn.target and user_id = turn."userId" and session_key = turn."sessionKey";
      if not found or target.role <> (case turn.kind when 'edit' then 'user' else 'assistant' end)
        or (turn.kind = 'regenerate' and target.parent_id is null)
      then
        outcomes := outcomes || helix.outcome(turn."generationId", 'message_not_found');
        continue;
      end if;
      parent := target.parent_id;
    end if;

    history := case when parent is not null then helix.turn_history(turn."userId", turn."sessionKey", parent) end;
    reserve := null;
    if turn."dayLimit" is not null or turn."monthLimit" is not null then
      -- A token is seldom less than two characters: what is reserved should rather be too much.
      reserve := turn."replyCost" + turn."promptRate"
        * ((turn."promptCharacters" + coalesce(length(history::text), 0) + coalesce(length(memory), 0)) / 2 + 1);
      refused := helix.refused_by_budget(turn."userId", turn."dayLimit", turn."monthLimit", reserve, day,
        people, reserves);
      if refused is not null then
        outcomes := outcomes || (helix.outcome(turn."generationId", 'over_budget') || refused);
        continue;
      end if;
    end if;

    left_over := null;
    if turn."turnBurst" is not null then
      select t.remaining, t.wait_ms into left_over, wait_ms
      from helix.take_turn(turn."userId", turn."turnsPerSecond", turn."turnBurst") as t;
      if wait_ms > 0 then
        outcomes := outcomes
          || (helix.outcome(turn."generationId", 'rate_limited') || jsonb_build_object('waitMs', wait_ms));
        continue;
      end if;
    end if;

    people := people || turn."userId";
    reserves := reserves || reserve;
    talks := talks || (turn."userId" || ' ' || turn."sessionKey");
    if turn."clientMessageId" is not null then
      claims := claims || (turn."userId" || ' ' || turn."clientMessageId");
      claimed := claimed || turn."requestHash";
      claimants := claimants || turn."generationId";
    end if;
    ids := ids || turn."generationId";
    parents := parents || parent;
    questions := questions || case turn.kind when 'regenerate' then parent else turn."userMessageId" end;
    fresh := fresh || not known_talk;
    heads := heads || turn.head;
    opened := opened || jsonb_build_object(
      'turn', turn."generationId", 'outcome', 'opened', 'parentId', parent,
      'userMessageId', case turn.kind when 'regenerate' then parent else turn."userMessageId" end,
      'memoryBlock', case when known_talk then memory end, 'history', history,
      'remaining', left_over);
  end loop;

  if cardinality(ids) > 0 then
    first_intent := helix.write_turns(turns, ids, parents, questions, fresh, heads);
    if array_remove(reserves, null) <> '{}' then
      update public.generations g set reserved_nano_usd = r.reserve
      from unnest(ids, reserves) as r (id, reserve) where g.id = r.id;
    end if;
    for place in 1 .. cardinality(opened) loop
      outcomes := outcomes || (opened[place] || jsonb_build_object('intentSeq', first_intent + place - 1));
    end loop;
  end if;
  return to_jsonb(outcomes);
end $_$;

CREATE FUNCTION helix.open_summary(generation uuid, person uuid, key text, upto uuid, with_model text, is_simulated boolean, maker text, secret bytea, head text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  intent bigint;
begin
  if exists (select from public.conversation_summaries where upto_message_id = upto) or exists (
    select from public.generations
    where user_id = person and session_key = key and purpose = 'summary' and finished_at is null
  ) then
    return null;
  end if;
  insert into public.generations (id, user_id, session_key, purpose, user_message_id, model, simulated, instance,
    content_key)
  values (generation, person, key, 'summary', upto, with_model, is_simulated, maker, secret);
  intent := helix.append_audit(array[head]);
  update public.generations set intent_seq = intent where id = generation;
  return jsonb_build_object('intentSeq', intent, 'history', helix.turn_history(person, key, upto));
end $$;

CREATE FUNCTION helix.open_title(generation uuid, person uuid, key text, upto uuid, with_model text, is_simulated boolean, maker text, secret bytea, head text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  intent bigint;
begin
  update public.conversations set title_by = 'asked'
  where user_id = person and session_key = key and title_by = 'words' and not deleted;
  if not found then
    return null;
  end if;
  insert into public.generations (id, user_id, session_key, purpose, user_message_id, model, simulated, instance,
    content_key)
  values (generation, person, key, 'title', upto, with_model, is_simulated, maker, secret);
  intent := helix.append_audit(array[head]);
  update public.generations set intent_seq = intent where id = generation;
  return jsonb_build_object('intentSeq', intent, 'history', helix.turn_history(person, key, upto));
end $$;

CREATE FUNCTION helix.open_turns(turns jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
declare
  quotas jsonb;
begin
  select jsonb_object_agg(p.user_id, p.daily_quota_nano_usd) into quotas
  from public.user_profiles p
  where p.user_id = any (array(select (t.turn ->> 'userId')::uuid from jsonb_array_elements(turns) as t (turn)))
    and p.daily_quota_nano_usd is not null;
  if quotas is not null then
    select jsonb_agg(
      case when quotas ? (t.turn ->> 'userId') and t.turn -> 'replyCost' is distinct from '0' then
        t.turn || jsonb_build_object('dayLimit', quotas -> (t.turn ->> 'userId'),
          'replyCost', coalesce((t.turn ->> 'replyCost')::bigint, 1000000000000000))
      else t.turn end
      order by t.place) into turns
    from jsonb_array_elements(turns) with ordinality as t (turn, place);
  end if;
  return helix.open_budgeted_turns(turns);
end $$;

CREATE FUNCTION helix.outcome(turn uuid, outcome text, generation uuid DEFAULT NULL::uuid) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select jsonb_build_object('turn', turn, 'outcome', outcome, 'generationId', generation)
$$;

CREATE FUNCTION helix.prune_events(most integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  gone integer;
begin
  delete from public.user_events where (user_id, seq) in (
    select e.user_id, e.seq from public.user_events e where e.at < now() - interval '24 hours'
    order by e.at limit most for update skip locked
  );
  get diagnostics gone = row_count;
  return gone;
end $$;

CREATE FUNCTION helix.random_log_id() RETURNS text
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  select left(encode(sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea), 'hex'), 32)
$$;

CREATE FUNCTION helix.read_conversations(person uuid, key text, before_at timestamp with time zone, before_id uuid, most integer) RETURNS TABLE(id uuid, session_key text, title text, message_count integer, active_message_id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, last_message_at timestamp with time zone, activity text)
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION helix.read_events(person uuid, after bigint, most integer) RETURNS TABLE(seq bigint, at timestamp with time zone, event text, session_key text, data jsonb)
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform helix.enter(person);
  return query
    select e.seq, e.at, e.event, e.session_key, e.data from public.user_events e
    where e.user_id = person and e.seq > after order by e.seq limit most;
end $$;

CREATE FUNCTION helix.read_feeds(people uuid[], afters bigint[], most integer) RETURNS TABLE(user_id uuid, seq bigint, at timestamp with time zone, event text, session_key text, data jsonb)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select p.id, e.seq, e.at, e.event, e.session_key, e.data
  from unnest(people, afters) as p (id, after)
  cross join lateral (
    select u.* from public.user_events u where u.user_id = p.id and u.seq > p.after order by u.seq limit most
  ) e
  order by p.id, e.seq
$$;

CREATE FUNCTION helix.read_messages(person uuid, key text, leaf uuid, most integer, everything boolean) RETURNS TABLE(line jsonb, siblings uuid[])
    LANGUAGE plpgsql
    SET search_path TO ''
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
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

CREATE FUNCTION helix.read_messages_around(person uuid, key text, around uuid, earlier integer, later integer) RETURNS TABLE(line jsonb, siblings uuid[], distance integer)
    LANGUAGE plpgsql
    SET search_path TO ''
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS $$
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

CREATE FUNCTION helix.read_profile(person uuid) RETURNS TABLE(display_name text, avatar_url text, trust_level double precision, role text, onboarding_completed boolean, onboarding_step text, conversation_count integer, messages_today integer)
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform helix.enter(person);
  return query
    select p.display_name, p.avatar_url, p.trust_level, p.role, p.onboarding_completed, p.onboarding_step,
      p.conversation_count,
      case when p.messages_day = (now() at time zone 'utc')::date then p.messages_today else 0 end
    from public.user_profiles p where p.user_id = person;
end $$;

CREATE FUNCTION helix.reclaim_generations(taker text, everything boolean, most integer) RETURNS TABLE(id uuid, user_id uuid, session_key text, purpose text, message_id uuid, lease_token bigint, intent_seq bigint, model text, simulated boolean, content_key bytea, actor text, prompt_characters integer, partial text, last_seq integer)
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  with taken as (
    update public.generations g
    set instance = taker, lease_token = g.lease_token + 1, lease_until = now() + interval '10 seconds'
    where g.id in (
      select o.id from public.generations o
      where o.finished_at is null and (everything or o.lease_until < now())
      order by o.id limit most
      for update skip locked
    )
    returning g.*
  )
  select t.id, t.user_id, t.session_key, t.purpose, t.message_id, t.lease_token, t.intent_seq, t.model, t.simulated,
    t.content_key,
    (select a.actor from public.audit_actors a where a.user_id = t.user_id),
    coalesce(length(helix.turn_history(t.user_id, t.session_key, t.user_message_id)::text), 0),
    coalesce((
      select string_agg(array_to_string(e.deltas, ''), '' order by e.first_seq)
      from public.generation_events e where e.generation_id = t.id
    ), ''),
    coalesce((select max(e.last_seq) from public.generation_events e where e.generation_id = t.id), 1)
  from taken t
$$;

CREATE FUNCTION helix.recount_conversation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.user_profiles set conversation_count = conversation_count + case when new.deleted then -1 else 1 end
  where user_id = new.user_id;
  return null;
end $$;

CREATE FUNCTION helix.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  raise exception '% only grows: % is refused', tg_table_name, tg_op using errcode = 'HX002';
end $$;

CREATE FUNCTION helix.refuse_undelete() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  raise exception 'A deleted conversation stays deleted' using errcode = 'HX003';
end $$;

CREATE FUNCTION helix.refused_by_budget(person uuid, day_limit bigint, month_limit bigint, amount bigint, day date, people uuid[], reserves bigint[]) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  spent bigint;
  reserved bigint;
begin
  if day_limit is not null then
    spent := helix.hold_budget(person, day);
    select coalesce(sum(reserved_nano_usd), 0) into reserved from public.generations
    where user_id = person and finished_at is null;
    reserved := reserved + coalesce((select sum(r.amount) from unnest(people, reserves) as r (id, amount) where r.id = person), 0);
    if spent + reserved + amount > day_limit then
      return jsonb_build_object('budget', 'day', 'limit', day_limit, 'spent', spent, 'reserved', reserved);
    end if;
  end if;
  if month_limit is not null then
    spent := helix.hold_budget(null, date_trunc('month', day)::date);
    select coalesce(sum(reserved_nano_usd), 0) into reserved from public.generations where finished_at is null;
    reserved := reserved + coalesce((select sum(r.amount) from unnest(reserves) as r (amount)), 0);
    if spent + reserved + amount > month_limit then
      return jsonb_build_object('budget', 'month', 'limit', month_limit, 'spent', spent, 'reserved', reserved);
    end if;
  end if;
  return null;
end $$;

CREATE FUNCTION helix.renew_leases(ids uuid[], tokens bigint[]) RETURNS TABLE(id uuid, stop boolean)
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  with ours as (
    select g.id from unnest(ids, tokens) as mine (id, token)
    join public.generations g on g.id = mine.id and g.lease_token = mine.token and g.finished_at is null
    order by g.id for update of g
  )
  update public.generations g set lease_until = now() + interval '10 seconds'
  from ours where g.id = ours.id
  returning g.id, g.stop_requested_at is not null
$$;

CREATE FUNCTION helix.search_key(person uuid, words tsquery) RETURNS tsquery
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select regexp_replace(
    regexp_replace(querytree(words), '''((?:[^'']|'''')*)''', '''' || left(person::text, 8) || '\1''', 'g'),
    ' <(?:-|\d+)> ', ' & ', 'g')::tsquery
$$;

CREATE FUNCTION helix.search_messages(person uuid, q text, beginning boolean, before_id uuid, most integer, reach integer) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO ''
    SET plan_cache_mode TO 'force_custom_plan'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
declare
  words tsquery := helix.search_query(q, beginning);
  key tsquery := helix.search_key(person, words);
  exact boolean := words::text ~ '[<!]';
  below bigint;
  hits uuid[];
  seen integer;
  last uuid;
  results jsonb;
begin
  if before_id is not null then
    select m.position into below from public.session_messages m where m.id = before_id and m.user_id = person;
    if not found then
      return null;
    end if;
  end if;
  if words is null then
    return '{"results": [], "before": null}';
  end if;

  with named as materialized (
    select m.id, m.user_id, m.session_key, m.position from public.session_messages m
    where m.content <> '' and helix.search_terms(m.user_id, m.content) @@ key
  ), scanned as (
    select n.id, n.position from named n
    join public.conversations c on c.user_id = n.user_id and c.session_key = n.session_key and not c.deleted
    where n.user_id = person and (below is null or n.position < below)
    order by n.position desc limit case when exact then reach else most + 1 end
  ), judged as (
    select s.id, s.position, not exact or (
      select to_tsvector('simple', left(m.content, 50000)) @@ words from public.session_messages m where m.id = s.id
    ) as hit
    from scanned s
  )
  select coalesce(array_agg(id order by position desc) filter (where hit), '{}'), count(*),
    (array_agg(id order by position))[1]
  into hits, seen, last
  from judged;

  perform helix.enter(person);
  select coalesce(jsonb_agg(jsonb_build_object(
    'line', to_jsonb(m),
    'siblings', case
      when m.parent_id is null then array(
        select s.id from public.session_messages s
        where s.user_id = person and s.session_key = m.session_key and s.parent_id is null order by s.position)
      else array(select s.id from public.session_messages s where s.parent_id = m.parent_id order by s.position)
    end,
    'conversation', to_jsonb(c),
    'snippet', ts_headline('simple', translate(left(m.content, 50000), U&'\E000\E001', ''), words,
      U&'StartSel="\E000", StopSel="\E001", MaxWords=35, MinWords=20, ShortWord=0')
  ) order by m.position desc), '[]') into results
  from public.session_messages m
  join public.conversations c on c.user_id = m.user_id and c.session_key = m.session_key
  where m.id = any(hits[1:most]);
  return jsonb_build_object('results', results, 'before', case
    when cardinality(hits) > most then hits[most]
    when exact and seen = reach then last
  end);
end $$;

CREATE FUNCTION helix.search_query(q text, beginning boolean) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $_$
declare
  words tsquery;
begin
  words := websearch_to_tsquery('simple', q);
  if beginning and words::text ~ '''$' and words::text !~ '!''[^'']*''$' then
    words := (words::text || ':*')::tsquery;
  end if;
  return case when querytree(words) in ('', 'T') then null else words end;
exception when internal_error or program_limit_exceeded or syntax_error then
  return null;
end $_$;

CREATE FUNCTION helix.search_terms(person uuid, content text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select array_to_tsvector(array(
    select left(person::text, 8) || word
    from unnest(tsvector_to_array(to_tsvector('simple', left(content, 50000)))) as word
    where octet_length(word) < 2000
  ))
$$;

CREATE FUNCTION helix.set_title(generation uuid, token bigint, words text) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  update public.conversations c set title = words, title_by = 'model'
  from public.generations g
  where g.id = generation and g.lease_token = token and g.finished_at is null and g.purpose = 'title'
    and c.user_id = g.user_id and c.session_key = g.session_key and c.title_by = 'asked' and not c.deleted
$$;

CREATE FUNCTION helix.signins(wanted uuid[] DEFAULT NULL::uuid[]) RETURNS TABLE(user_id uuid, email text, anonymous boolean, confirmed boolean, invited_at timestamp with time zone, created_at timestamp with time zone, last_sign_in_at timestamp with time zone, banned boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if helix.can_read_signins() then
    return query
      select u.id, nullif(u.email, '')::text, u.is_anonymous, u.email_confirmed_at is not null, u.invited_at,
        u.created_at, u.last_sign_in_at, coalesce(u.banned_until > now(), false)
      from auth.users u
      where u.deleted_at is null and (wanted is null or u.id = any (wanted));
  else
    return query
      select p.user_id, null::text, false, true, null::timestamptz, p.created_at, null::timestamptz, false
      from public.user_profiles p where wanted is null or p.user_id = any (wanted);
  end if;
end $$;

CREATE FUNCTION helix.stop_person(person uuid) RETURNS SETOF uuid
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  with open as (
    select g.id from public.generations g
    where g.user_id = person and g.finished_at is null
    order by g.id for update
  )
  update public.generations g set stop_requested_at = coalesce(g.stop_requested_at, now())
  from open where g.id = open.id
  returning g.id
$$;

CREATE FUNCTION helix.take_turn(person uuid, per_second double precision, burst integer, OUT remaining integer, OUT wait_ms integer) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO ''
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
  full_at double precision;
begin
  insert into public.turn_allowances as a (user_id, level, at) values (person, 1, now())
  on conflict (user_id) do update
  set level = greatest(0, a.level - greatest(0, extract(epoch from now() - a.at)) * per_second) + 1, at = now()
  where greatest(0, a.level - greatest(0, extract(epoch from now() - a.at)) * per_second) + 1 <= burst
  returning level into full_at;
  if full_at is not null then
    remaining := floor(burst - full_at);
    wait_ms := 0;
    return;
  end if;
  select greatest(0, a.level - greatest(0, extract(epoch from now() - a.at)) * per_second) into full_at
  from public.turn_allowances a where a.user_id = person;
  remaining := 0;
  wait_ms := greatest(1, ceil((full_at + 1 - burst) / per_second * 1000));
end $$;

CREATE FUNCTION helix.tell(people uuid[], kinds text[], keys text[], facts jsonb[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  with told as (
    insert into public.user_profiles as p (user_id, event_seq)
    select person, count(*) from unnest(people) as person group by person order by person
    on conflict (user_id) do update set event_seq = p.event_seq + excluded.event_seq
    returning p.user_id, p.event_seq
  ), item as (
    select i.*, row_number() over (partition by i.person order by i.place desc) - 1 as back
    from unnest(people, kinds, keys, facts) with ordinality as i (person, kind, key, fact, place)
  )
  insert into public.user_events (user_id, seq, event, session_key, data)
  select told.user_id, told.event_seq - item.back, item.kind, item.key, item.fact
  from item join told on told.user_id = item.person;
end $$;

CREATE FUNCTION helix.tell_of_conversation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if new.deleted then
    update public.user_events set event = 'conversation.deleted', data = '{}'
    where user_id = new.user_id and session_key = new.session_key;
    perform helix.tell(array[new.user_id], array['conversation.deleted'], array[new.session_key], array['{}'::jsonb]);
  else
    perform helix.tell(array[new.user_id], array['conversation.renamed'], array[new.session_key],
      array[jsonb_build_object('title', new.title)]);
  end if;
  return null;
end $$;

CREATE FUNCTION helix.tell_of_profile() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  insert into public.user_events (user_id, seq, event) values (new.user_id, new.event_seq, 'profile.changed');
  return null;
end $$;

CREATE FUNCTION helix.tell_person_changed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform pg_notify('helix_people', old.user_id::text);
  return null;
end $$;

CREATE FUNCTION helix.tell_revoked_session() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform pg_notify('helix_revocations',
    pg_catalog.concat(new.session_id, ' ', ceil(extract(epoch from new.expires_at) * 1000)::bigint));
  return null;
end $$;

CREATE FUNCTION helix.touch() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  new.updated_at := now();
  return new;
end $$;

CREATE FUNCTION helix.turn_history(person uuid, key text, leaf uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
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

CREATE FUNCTION helix.uncount_conversations() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.user_profiles p set conversation_count = p.conversation_count - gone.total
  from (select user_id, count(*) as total from changed_conversations where not deleted group by user_id) gone
  where p.user_id = gone.user_id;
  return null;
end $$;

CREATE FUNCTION helix.uncount_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.conversations c
  set message_count = c.message_count - gone.total
  from (select user_id, session_key, count(*) as total from gone_messages group by user_id, session_key) gone
  where c.user_id = gone.user_id and c.session_key = gone.session_key;
  return null;
end $$;

CREATE FUNCTION helix.with_second_factor(people uuid[]) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if row_security_active('auth.mfa_factors') then
    return;
  end if;
  return query
    select distinct f.user_id from auth.mfa_factors f where f.user_id = any(people) and f.status = 'verified';
exception when insufficient_privilege or undefined_table or invalid_schema_name then
  return;
end $$;

CREATE FUNCTION helix.write_events(ids uuid[], tokens bigint[], firsts integer[], lasts integer[], delta_lists text[], notice text) RETURNS SETOF uuid
    LANGUAGE plpgsql
    SET search_path TO ''
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET jit TO 'off'
    AS $$
begin
  return query
    with tick as (
      select t.id, t.first, t.last, array(select jsonb_array_elements_text(t.deltas::jsonb)) as deltas
      from unnest(ids, tokens, firsts, lasts, delta_lists) as t (id, token, first, last, deltas)
      join public.generations g on g.id = t.id and g.lease_token = t.token and g.finished_at is null
      -- Everyone who locks several generations does so in this order.
      order by g.id for update of g
    ), written as (
      insert into public.generation_events (generation_id, first_seq, last_seq, deltas)
      select tick.id, tick.first, tick.last, tick.deltas from tick
      -- The same run again, grown: the answer to the first attempt was lost on the way.
      on conflict (generation_id, first_seq) do update set last_seq = excluded.last_seq, deltas = excluded.deltas
      where excluded.last_seq > generation_events.last_seq
    ), begun as (
      update public.generations g set state = 'streaming' from tick
      where g.id = tick.id and tick.first = 2
    ), shown as (
      update public.session_messages m set status = 'streaming' from tick
      join public.generations g on g.id = tick.id
      where tick.first = 2 and m.id = g.message_id
    )
    select tick.id from tick;
  if notice is not null then
    perform pg_notify('helix_replies', notice);
  end if;
end $$;

CREATE FUNCTION helix.write_turns(turns jsonb, ids uuid[], parents uuid[], questions uuid[], fresh boolean[], heads text[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  first_intent bigint;
begin
  with turn as (
    select t.*, o.parent, o.question, o.fresh, o.place
    from unnest(ids, parents, questions, fresh) with ordinality as o (id, parent, question, fresh, place)
    join jsonb_to_recordset(turns) as t (
      "generationId" uuid, kind text, "userId" uuid, "sessionKey" text, title text, "messageId" uuid,
      "clientMessageId" text, "requestHash" text, content text, model text, simulated boolean, instance text,
      "contentKey" text, "at" timestamptz, "writtenAt" text) on t."generationId" = o.id
  ), made as (
    insert into public.conversations (user_id, session_key, title, active_message_id, created_at, updated_at)
    select "userId", "sessionKey", title, "messageId", "at", "at" from turn where turn.fresh
  ), continued as (
    update public.conversations c set active_message_id = turn."messageId" from turn
    where not turn.fresh and c.user_id = turn."userId" and c.session_key = turn."sessionKey"
  ), generation as (
    insert into public.generations (id, user_id, session_key, user_message_id, message_id, client_message_id,
      request_hash, model, simulated, instance, content_key, created_at)
    select "generationId", "userId", "sessionKey", question, "messageId", "clientMessageId", "requestHash", model,
      simulated, instance, decode("contentKey", 'hex'), "at"
    from turn
  )
  insert into public.session_messages (id, user_id, session_key, role, content, status, parent_id, generation_id,
    client_message_id, model, simulated, created_at, synced_at, metadata)
  select line.id, "userId", "sessionKey", line.role, line.content, line.status, line.parent, "generationId",
    line.client, line.model, line.simulated, "at",
    case when line.rank = 1 and "writtenAt" is not null then "at" end,
    case when line.rank = 1 and "writtenAt" is not null then jsonb_build_object('writtenAt', "writtenAt") end
  from turn, lateral (values
    (1, question, 'user', turn.content, 'complete', turn.parent, turn."clientMessageId", null, false),
    (2, turn."messageId", 'assistant', '', 'pending', question,
      case when turn.kind = 'regenerate' then turn."clientMessageId" end, turn.model, turn.simulated)
  ) as line (rank, id, role, content, status, parent, client, model, simulated)
  where line.rank = 2 or turn.kind <> 'regenerate'
  order by turn.place, line.rank;

  first_intent := helix.append_audit(heads);
  update public.generations g set intent_seq = first_intent + o.place - 1
  from unnest(ids) with ordinality as o (id, place) where g.id = o.id;
  return first_intent;
end $$;

CREATE TABLE helix.bootstrap (
    file text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE helix.migration_checksums (
    version text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone,
    duration_ms integer
);

CREATE TABLE public.access_tokens (
    id text NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    secret_hash text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT access_tokens_id_check CHECK ((id ~ '^[0-9A-Za-z]{12}$'::text)),
    CONSTRAINT access_tokens_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT access_tokens_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['read'::text, 'chat'::text, 'account'::text]))),
    CONSTRAINT access_tokens_secret_hash_check CHECK ((char_length(secret_hash) = 64))
);

CREATE TABLE public.audit_actors (
    user_id uuid NOT NULL,
    actor text NOT NULL,
    CONSTRAINT audit_actors_actor_check CHECK (((char_length(actor) >= 1) AND (char_length(actor) <= 200)))
);

CREATE TABLE public.audit_acts (
    log_id text NOT NULL,
    seq bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_acts_log_id_check CHECK (((char_length(log_id) >= 1) AND (char_length(log_id) <= 100))),
    CONSTRAINT audit_acts_seq_check CHECK ((seq > 0))
);

COMMENT ON COLUMN public.audit_acts.seq IS 'Of the entry that announced the act.';

CREATE TABLE public.audit_checkpoints (
    log_id text NOT NULL,
    size bigint NOT NULL,
    root text NOT NULL,
    note text NOT NULL,
    leaves bytea NOT NULL,
    made_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT audit_checkpoints_leaves_check CHECK (((octet_length(leaves) > 0) AND ((octet_length(leaves) % 32) = 0))),
    CONSTRAINT audit_checkpoints_log_id_check CHECK (((char_length(log_id) >= 1) AND (char_length(log_id) <= 100))),
    CONSTRAINT audit_checkpoints_note_check CHECK ((char_length(note) <= 10000)),
    CONSTRAINT audit_checkpoints_root_check CHECK ((root ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT audit_checkpoints_size_check CHECK ((size > 0))
);
ALTER TABLE ONLY public.audit_checkpoints ALTER COLUMN leaves SET STORAGE EXTERNAL;

COMMENT ON COLUMN public.audit_checkpoints.note IS 'The signed note, as C2SP tlog-checkpoint has it.';

COMMENT ON COLUMN public.audit_checkpoints.leaves IS 'Leaf hashes of the entries since the checkpoint before: they show which entry is not the one that was signed.';

CREATE TABLE public.audit_entries (
    log_id text NOT NULL,
    seq bigint NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    data jsonb NOT NULL,
    prev text NOT NULL,
    hash text NOT NULL,
    intent bigint GENERATED ALWAYS AS (
CASE
    WHEN ((jsonb_typeof((data -> 'intent'::text)) = 'number'::text) AND ((data ->> 'intent'::text) ~ '^[0-9]{1,15}$'::text)) THEN ((data ->> 'intent'::text))::bigint
    ELSE NULL::bigint
END) STORED,
    CONSTRAINT audit_entries_actor_check CHECK (((char_length(actor) >= 1) AND (char_length(actor) <= 200))),
    CONSTRAINT audit_entries_channel_check CHECK ((channel = ANY (ARRAY['commands'::text, 'api'::text, 'heartbeat'::text, 'file-changes'::text, 'consciousness'::text, 'alerts'::text, 'hash-chain'::text]))),
    CONSTRAINT audit_entries_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
    CONSTRAINT audit_entries_hash_check CHECK ((char_length(hash) = 64)),
    CONSTRAINT audit_entries_kind_check CHECK (((char_length(kind) >= 1) AND (char_length(kind) <= 100))),
    CONSTRAINT audit_entries_prev_check CHECK ((char_length(prev) = 64)),
    CONSTRAINT audit_entries_seq_check CHECK ((seq > 0))
);

CREATE TABLE public.audit_head (
    log_id text NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    hash text DEFAULT repeat('0'::text, 64) NOT NULL,
    CONSTRAINT audit_head_hash_check CHECK ((char_length(hash) = 64)),
    CONSTRAINT audit_head_log_id_check CHECK (((char_length(log_id) >= 1) AND (char_length(log_id) <= 100))),
    CONSTRAINT audit_head_seq_check CHECK ((seq >= 0))
)
WITH (fillfactor='10');

CREATE TABLE public.audit_keys (
    log_id text NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT audit_keys_log_id_check CHECK (((char_length(log_id) >= 1) AND (char_length(log_id) <= 100))),
    CONSTRAINT audit_keys_seq_check CHECK ((seq > 0))
);

CREATE TABLE public.audit_subtrees (
    log_id text NOT NULL,
    level smallint NOT NULL,
    place bigint NOT NULL,
    hash text NOT NULL,
    CONSTRAINT audit_subtrees_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT audit_subtrees_level_check CHECK (((level > 0) AND (((level)::integer % 8) = 0))),
    CONSTRAINT audit_subtrees_log_id_check CHECK (((char_length(log_id) >= 1) AND (char_length(log_id) <= 100))),
    CONSTRAINT audit_subtrees_place_check CHECK ((place >= 0))
);

COMMENT ON COLUMN public.audit_subtrees.place IS 'Counted from 0 within its level.';

CREATE TABLE public.backup_records (
    id text NOT NULL,
    made_at timestamp(3) with time zone NOT NULL,
    place text NOT NULL,
    bytes bigint NOT NULL,
    proved_at timestamp(3) with time zone,
    restore_ms bigint,
    CONSTRAINT backup_records_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT backup_records_check CHECK (((proved_at IS NULL) = (restore_ms IS NULL))),
    CONSTRAINT backup_records_id_check CHECK ((id ~ '^\d{8}T\d{6}Z-[0-9a-f]{6}$'::text)),
    CONSTRAINT backup_records_place_check CHECK (((char_length(place) >= 1) AND (char_length(place) <= 1000))),
    CONSTRAINT backup_records_restore_ms_check CHECK ((restore_ms >= 0))
);

CREATE TABLE public.budgets (
    holder text NOT NULL,
    user_id uuid,
    starts_on date NOT NULL,
    spent_nano_usd bigint DEFAULT 0 NOT NULL,
    CONSTRAINT budgets_check CHECK ((holder = COALESCE((user_id)::text, 'everyone'::text))),
    CONSTRAINT budgets_spent_nano_usd_check CHECK ((spent_nano_usd >= 0))
)
WITH (fillfactor='50');

CREATE TABLE public.client_errors (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    fingerprint text NOT NULL,
    message text NOT NULL,
    stack text,
    page text,
    release text,
    user_agent text,
    reports bigint DEFAULT 1 NOT NULL,
    first_seen_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT client_errors_fingerprint_check CHECK ((char_length(fingerprint) = 64)),
    CONSTRAINT client_errors_message_check CHECK (((char_length(message) >= 1) AND (char_length(message) <= 2000))),
    CONSTRAINT client_errors_page_check CHECK ((char_length(page) <= 500)),
    CONSTRAINT client_errors_release_check CHECK ((char_length(release) <= 100)),
    CONSTRAINT client_errors_reports_check CHECK ((reports > 0)),
    CONSTRAINT client_errors_stack_check CHECK ((char_length(stack) <= 12000)),
    CONSTRAINT client_errors_user_agent_check CHECK ((char_length(user_agent) <= 500))
);

CREATE TABLE public.conversation_summaries (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    session_key text NOT NULL,
    upto_message_id uuid NOT NULL,
    content text NOT NULL,
    model text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.conversations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    session_key text NOT NULL,
    title text,
    message_count integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    last_message_at timestamp with time zone,
    messages jsonb,
    active_message_id uuid,
    memory_block text,
    deleted boolean DEFAULT false NOT NULL,
    title_by text DEFAULT 'words'::text NOT NULL,
    erased boolean DEFAULT false NOT NULL,
    CONSTRAINT conversations_title_by_check CHECK ((title_by = ANY (ARRAY['words'::text, 'asked'::text, 'model'::text, 'person'::text])))
);

CREATE TABLE public.discord_outbox (
    log_id text NOT NULL,
    channel text NOT NULL,
    what text NOT NULL,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    webhook_id text NOT NULL,
    message_id text NOT NULL,
    sent_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT discord_outbox_channel_check CHECK ((channel = ANY (ARRAY['commands'::text, 'api'::text, 'heartbeat'::text, 'file-changes'::text, 'consciousness'::text, 'alerts'::text, 'hash-chain'::text]))),
    CONSTRAINT discord_outbox_check CHECK ((last_seq >= first_seq)),
    CONSTRAINT discord_outbox_first_seq_check CHECK ((first_seq > 0)),
    CONSTRAINT discord_outbox_log_id_check CHECK (((char_length(log_id) >= 1) AND (char_length(log_id) <= 100))),
    CONSTRAINT discord_outbox_message_id_check CHECK (((char_length(message_id) >= 1) AND (char_length(message_id) <= 30))),
    CONSTRAINT discord_outbox_webhook_id_check CHECK (((char_length(webhook_id) >= 1) AND (char_length(webhook_id) <= 30))),
    CONSTRAINT discord_outbox_what_check CHECK ((what = ANY (ARRAY['entries'::text, 'checkpoints'::text])))
);

COMMENT ON TABLE public.discord_outbox IS 'Each row is a post that Discord has confirmed with the id of its message.';

COMMENT ON COLUMN public.discord_outbox.first_seq IS 'Seq of the first entry of the channel in the post; of checkpoints, the size of the first.';

CREATE TABLE public.feedback (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    message_id uuid NOT NULL,
    rating text NOT NULL,
    comment text,
    created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    updated_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT feedback_comment_check CHECK (((char_length(comment) >= 1) AND (char_length(comment) <= 2000))),
    CONSTRAINT feedback_rating_check CHECK ((rating = ANY (ARRAY['up'::text, 'down'::text])))
);

CREATE UNLOGGED TABLE public.gateways (
    instance uuid NOT NULL,
    release text NOT NULL,
    started_at timestamp(3) with time zone NOT NULL,
    heard_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    open_streams integer DEFAULT 0 NOT NULL,
    open_replies integer DEFAULT 0 NOT NULL,
    memory_bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT gateways_release_check CHECK ((char_length(release) <= 100))
)
WITH (fillfactor='50');

CREATE TABLE public.generation_events (
    generation_id uuid NOT NULL,
    first_seq integer NOT NULL,
    last_seq integer NOT NULL,
    deltas text[] NOT NULL,
    CONSTRAINT generation_events_check CHECK ((((last_seq - first_seq) + 1) = cardinality(deltas)))
);

COMMENT ON TABLE public.generation_events IS 'What one flush wrote of one reply: deltas[i] is event first_seq + i - 1. Event 1 is start, the last is terminal_seq.';

CREATE TABLE public.generations (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    session_key text NOT NULL,
    purpose text DEFAULT 'reply'::text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    user_message_id uuid,
    message_id uuid,
    client_message_id text,
    request_hash text,
    model text NOT NULL,
    simulated boolean DEFAULT false NOT NULL,
    instance text NOT NULL,
    lease_token bigint DEFAULT 1 NOT NULL,
    lease_until timestamp with time zone DEFAULT (now() + '00:00:10'::interval) NOT NULL,
    stop_requested_at timestamp with time zone,
    intent_seq bigint,
    content_key bytea NOT NULL,
    terminal_seq integer,
    problem jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    reserved_nano_usd bigint,
    CONSTRAINT generations_purpose_check CHECK ((purpose = ANY (ARRAY['reply'::text, 'summary'::text, 'title'::text]))),
    CONSTRAINT generations_reserved_nano_usd_check CHECK ((reserved_nano_usd >= 0)),
    CONSTRAINT generations_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'streaming'::text, 'complete'::text, 'stopped'::text, 'failed'::text, 'interrupted'::text])))
);

CREATE TABLE public.incident_updates (
    id bigint NOT NULL,
    incident_id uuid NOT NULL,
    at timestamp(3) with time zone DEFAULT now() NOT NULL,
    status text NOT NULL,
    message text NOT NULL,
    CONSTRAINT incident_updates_message_check CHECK (((char_length(message) >= 1) AND (char_length(message) <= 4000))),
    CONSTRAINT incident_updates_status_check CHECK ((status = ANY (ARRAY['investigating'::text, 'identified'::text, 'monitoring'::text, 'resolved'::text])))
);

ALTER TABLE public.incident_updates ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.incident_updates_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.incidents (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    title text NOT NULL,
    severity text NOT NULL,
    status text NOT NULL,
    started_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp(3) with time zone,
    CONSTRAINT incidents_check CHECK (((status = 'resolved'::text) = (resolved_at IS NOT NULL))),
    CONSTRAINT incidents_severity_check CHECK ((severity = ANY (ARRAY['minor'::text, 'major'::text, 'critical'::text]))),
    CONSTRAINT incidents_status_check CHECK ((status = ANY (ARRAY['investigating'::text, 'identified'::text, 'monitoring'::text, 'resolved'::text]))),
    CONSTRAINT incidents_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
);

CREATE TABLE public.leases (
    name text NOT NULL,
    holder text NOT NULL,
    token bigint DEFAULT 1 NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT leases_holder_check CHECK (((char_length(holder) >= 1) AND (char_length(holder) <= 200))),
    CONSTRAINT leases_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
);

CREATE UNLOGGED TABLE public.rate_limits (
    key text NOT NULL,
    points integer DEFAULT 0 NOT NULL,
    expire bigint,
    CONSTRAINT rate_limits_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 255)))
);

COMMENT ON TABLE public.rate_limits IS 'Counters of rate limits by policy and caller; `expire` is in ms since 1970.';

CREATE TABLE public.revoked_sessions (
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    revoked_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.session_messages (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    session_key text NOT NULL,
    role text NOT NULL,
    content text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    is_pending boolean DEFAULT false NOT NULL,
    synced_at timestamp with time zone,
    metadata jsonb,
    "position" bigint NOT NULL,
    client_message_id text,
    parent_id uuid,
    generation_id uuid,
    status text DEFAULT 'complete'::text NOT NULL,
    stop_reason text,
    model text,
    input_tokens integer,
    cache_creation_input_tokens integer,
    cache_read_input_tokens integer,
    output_tokens integer,
    cost_nano_usd bigint,
    usage_estimated boolean DEFAULT false NOT NULL,
    simulated boolean DEFAULT false NOT NULL,
    overhead_ms real,
    CONSTRAINT session_messages_role_check CHECK ((role = ANY (ARRAY['user'::text, 'assistant'::text, 'system'::text]))),
    CONSTRAINT session_messages_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'streaming'::text, 'complete'::text, 'stopped'::text, 'failed'::text, 'interrupted'::text])))
);

CREATE SEQUENCE public.session_messages_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.session_messages_position_seq OWNED BY public.session_messages."position";

CREATE TABLE public.settings (
    key text NOT NULL,
    value jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT settings_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 100)))
);

CREATE TABLE public.traffic_minutes (
    minute timestamp with time zone NOT NULL,
    instance uuid NOT NULL,
    requests integer NOT NULL,
    errors integer NOT NULL,
    response jsonb DEFAULT '{}'::jsonb NOT NULL,
    first_token jsonb DEFAULT '{}'::jsonb NOT NULL,
    open_streams integer DEFAULT 0 NOT NULL,
    CONSTRAINT traffic_minutes_errors_check CHECK ((errors >= 0)),
    CONSTRAINT traffic_minutes_requests_check CHECK ((requests >= 0))
);

CREATE UNLOGGED TABLE public.turn_allowances (
    user_id uuid NOT NULL,
    level double precision NOT NULL,
    at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.uptime_days (
    day date NOT NULL,
    component text NOT NULL,
    good integer DEFAULT 0 NOT NULL,
    bad integer DEFAULT 0 NOT NULL,
    uncounted integer DEFAULT 0 NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT uptime_days_bad_check CHECK ((bad >= 0)),
    CONSTRAINT uptime_days_component_check CHECK ((component = ANY (ARRAY['gateway'::text, 'database'::text, 'claude'::text, 'discord'::text]))),
    CONSTRAINT uptime_days_good_check CHECK ((good >= 0)),
    CONSTRAINT uptime_days_uncounted_check CHECK ((uncounted >= 0))
)
WITH (fillfactor='50');

COMMENT ON COLUMN public.uptime_days.since IS 'The first minute of the day that was looked at.';

CREATE TABLE public.uptime_minutes (
    minute timestamp with time zone NOT NULL,
    gateway "char" NOT NULL,
    database "char" NOT NULL,
    claude "char" NOT NULL,
    discord "char" NOT NULL,
    CONSTRAINT uptime_minutes_claude_check CHECK ((claude = ANY (ARRAY['o'::"char", 'd'::"char", 'x'::"char", '-'::"char", '?'::"char"]))),
    CONSTRAINT uptime_minutes_database_check CHECK ((database = ANY (ARRAY['o'::"char", 'd'::"char", 'x'::"char", '-'::"char", '?'::"char"]))),
    CONSTRAINT uptime_minutes_discord_check CHECK ((discord = ANY (ARRAY['o'::"char", 'd'::"char", 'x'::"char", '-'::"char", '?'::"char"]))),
    CONSTRAINT uptime_minutes_gateway_check CHECK ((gateway = ANY (ARRAY['o'::"char", 'd'::"char", 'x'::"char", '-'::"char", '?'::"char"])))
);

CREATE TABLE public.usage_ledger (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    user_id uuid,
    generation_id uuid NOT NULL,
    purpose text NOT NULL,
    model text NOT NULL,
    input_tokens integer NOT NULL,
    cache_creation_5m_input_tokens integer NOT NULL,
    cache_creation_1h_input_tokens integer NOT NULL,
    cache_read_input_tokens integer NOT NULL,
    output_tokens integer NOT NULL,
    cost_nano_usd bigint,
    estimated boolean NOT NULL,
    simulated boolean NOT NULL,
    request_id text
);

ALTER TABLE public.usage_ledger ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.usage_ledger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.user_events (
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    event text NOT NULL,
    session_key text,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT user_events_event_check CHECK (((char_length(event) >= 1) AND (char_length(event) <= 100))),
    CONSTRAINT user_events_seq_check CHECK ((seq > 0))
);

CREATE TABLE public.user_profiles (
    user_id uuid NOT NULL,
    display_name text,
    avatar_url text,
    trust_level double precision DEFAULT 0.5 NOT NULL,
    conversation_count integer DEFAULT 0 NOT NULL,
    messages_today integer DEFAULT 0 NOT NULL,
    onboarding_completed boolean DEFAULT false NOT NULL,
    onboarding_step text DEFAULT 'welcome'::text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    messages_day date DEFAULT ((now() AT TIME ZONE 'utc'::text))::date NOT NULL,
    role text DEFAULT 'member'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    event_seq bigint DEFAULT 0 NOT NULL,
    daily_quota_nano_usd bigint,
    CONSTRAINT user_profiles_daily_quota_nano_usd_check CHECK ((daily_quota_nano_usd >= 0)),
    CONSTRAINT user_profiles_role_check CHECK ((role = ANY (ARRAY['member'::text, 'creator'::text]))),
    CONSTRAINT user_profiles_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text]))),
    CONSTRAINT user_profiles_trust_level_check CHECK (((trust_level >= (0)::double precision) AND (trust_level <= (1)::double precision)))
);

ALTER TABLE ONLY public.session_messages ALTER COLUMN "position" SET DEFAULT nextval('public.session_messages_position_seq'::regclass);

ALTER TABLE ONLY helix.bootstrap
    ADD CONSTRAINT bootstrap_pkey PRIMARY KEY (file);

ALTER TABLE ONLY helix.migration_checksums
    ADD CONSTRAINT migration_checksums_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_actors
    ADD CONSTRAINT audit_actors_actor_key UNIQUE (actor);

ALTER TABLE ONLY public.audit_actors
    ADD CONSTRAINT audit_actors_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.audit_acts
    ADD CONSTRAINT audit_acts_pkey PRIMARY KEY (log_id, seq);

ALTER TABLE ONLY public.audit_checkpoints
    ADD CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (log_id, size);

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (log_id, seq);

ALTER TABLE ONLY public.audit_keys
    ADD CONSTRAINT audit_keys_pkey PRIMARY KEY (log_id, seq);

ALTER TABLE ONLY public.audit_subtrees
    ADD CONSTRAINT audit_subtrees_pkey PRIMARY KEY (log_id, level, place);

ALTER TABLE ONLY public.backup_records
    ADD CONSTRAINT backup_records_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (holder, starts_on);

ALTER TABLE ONLY public.client_errors
    ADD CONSTRAINT client_errors_fingerprint_key UNIQUE (fingerprint);

ALTER TABLE ONLY public.client_errors
    ADD CONSTRAINT client_errors_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.conversation_summaries
    ADD CONSTRAINT conversation_summaries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.conversation_summaries
    ADD CONSTRAINT conversation_summaries_upto_message_id_key UNIQUE (upto_message_id);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);

ALTER TABLE public.conversations
    ADD CONSTRAINT conversations_title_check CHECK ((char_length(title) <= 500)) NOT VALID;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_user_id_session_key_key UNIQUE (user_id, session_key);

ALTER TABLE ONLY public.discord_outbox
    ADD CONSTRAINT discord_outbox_pkey PRIMARY KEY (log_id, channel, what, last_seq);

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_user_id_message_id_key UNIQUE (user_id, message_id);

ALTER TABLE ONLY public.gateways
    ADD CONSTRAINT gateways_pkey PRIMARY KEY (instance);

ALTER TABLE ONLY public.generation_events
    ADD CONSTRAINT generation_events_pkey PRIMARY KEY (generation_id, first_seq);

ALTER TABLE ONLY public.generations
    ADD CONSTRAINT generations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.incident_updates
    ADD CONSTRAINT incident_updates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.incidents
    ADD CONSTRAINT incidents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.leases
    ADD CONSTRAINT leases_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.revoked_sessions
    ADD CONSTRAINT revoked_sessions_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY public.session_messages
    ADD CONSTRAINT session_messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.traffic_minutes
    ADD CONSTRAINT traffic_minutes_pkey PRIMARY KEY (minute, instance);

ALTER TABLE ONLY public.turn_allowances
    ADD CONSTRAINT turn_allowances_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.uptime_days
    ADD CONSTRAINT uptime_days_pkey PRIMARY KEY (day, component);

ALTER TABLE ONLY public.uptime_minutes
    ADD CONSTRAINT uptime_minutes_pkey PRIMARY KEY (minute);

ALTER TABLE ONLY public.usage_ledger
    ADD CONSTRAINT usage_ledger_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.user_events
    ADD CONSTRAINT user_events_pkey PRIMARY KEY (user_id, seq);

ALTER TABLE public.user_profiles
    ADD CONSTRAINT user_profiles_avatar_url_check CHECK ((char_length(avatar_url) <= 2000)) NOT VALID;

ALTER TABLE public.user_profiles
    ADD CONSTRAINT user_profiles_display_name_check CHECK ((char_length(display_name) <= 200)) NOT VALID;

ALTER TABLE public.user_profiles
    ADD CONSTRAINT user_profiles_onboarding_step_check CHECK ((char_length(onboarding_step) <= 100)) NOT VALID;

ALTER TABLE ONLY public.user_profiles
    ADD CONSTRAINT user_profiles_pkey PRIMARY KEY (user_id);

CREATE INDEX access_tokens_user ON public.access_tokens USING btree (user_id, created_at DESC);

CREATE INDEX audit_entries_adoptions ON public.audit_entries USING btree (((data ->> 'log'::text))) WHERE (kind = 'journal.adopt'::text);

CREATE INDEX audit_entries_closing ON public.audit_entries USING btree (log_id, intent) WHERE (intent IS NOT NULL);

CREATE INDEX audit_entries_intents ON public.audit_entries USING btree (log_id, seq) WHERE (("right"(kind, 8) = '.request'::text) OR ("right"(kind, 6) = '.start'::text));

CREATE UNIQUE INDEX audit_head_one_row ON public.audit_head USING btree ((true));

CREATE INDEX backup_records_made ON public.backup_records USING btree (made_at DESC);

CREATE INDEX budgets_user ON public.budgets USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX client_errors_recent ON public.client_errors USING btree (last_seen_at DESC, id DESC);

CREATE INDEX conversation_summaries_conversation ON public.conversation_summaries USING btree (user_id, session_key);

CREATE INDEX conversations_to_erase ON public.conversations USING btree (updated_at) WHERE (deleted AND (NOT erased));

CREATE INDEX feedback_message ON public.feedback USING btree (message_id);

CREATE INDEX feedback_recent ON public.feedback USING btree (updated_at DESC, id DESC);

CREATE UNIQUE INDEX generations_client_message_id ON public.generations USING btree (user_id, client_message_id) WHERE (client_message_id IS NOT NULL);

CREATE INDEX generations_conversation ON public.generations USING btree (user_id, session_key);

CREATE UNIQUE INDEX generations_one_open_reply ON public.generations USING btree (user_id, session_key) WHERE ((finished_at IS NULL) AND (purpose = 'reply'::text));

CREATE INDEX generations_open ON public.generations USING btree (user_id) WHERE (finished_at IS NULL);

CREATE INDEX idx_conversations_recent ON public.conversations USING btree (user_id, COALESCE(last_message_at, created_at) DESC, id DESC) WHERE (NOT deleted);

CREATE INDEX idx_conversations_session_key ON public.conversations USING btree (session_key);

CREATE INDEX idx_revoked_sessions_expires_at ON public.revoked_sessions USING btree (expires_at);

CREATE INDEX idx_revoked_sessions_user_id ON public.revoked_sessions USING btree (user_id);

CREATE UNIQUE INDEX idx_session_messages_client_message_id ON public.session_messages USING btree (user_id, client_message_id) WHERE (client_message_id IS NOT NULL);

CREATE INDEX idx_session_messages_conversation ON public.session_messages USING btree (user_id, session_key, "position" DESC);

CREATE INDEX idx_session_messages_parent ON public.session_messages USING btree (parent_id);

CREATE INDEX idx_session_messages_roots ON public.session_messages USING btree (user_id, session_key, "position") WHERE (parent_id IS NULL);

CREATE INDEX idx_session_messages_terms ON public.session_messages USING gin (helix.search_terms(user_id, content)) WHERE (content <> ''::text);

CREATE INDEX incident_updates_incident ON public.incident_updates USING btree (incident_id, id DESC);

CREATE INDEX incidents_recent ON public.incidents USING btree (started_at DESC, id DESC);

CREATE INDEX usage_ledger_at ON public.usage_ledger USING btree (at) INCLUDE (purpose, cost_nano_usd, simulated);

CREATE INDEX usage_ledger_user ON public.usage_ledger USING btree (user_id, at);

CREATE INDEX user_events_at ON public.user_events USING btree (at);

CREATE TRIGGER audit_checkpoints_only_grow BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION helix.refuse_audit_change();

CREATE TRIGGER audit_entries_only_grow BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION helix.refuse_audit_change();

CREATE TRIGGER audit_keys_only_grow BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_keys FOR EACH STATEMENT EXECUTE FUNCTION helix.refuse_audit_change();

CREATE TRIGGER audit_subtrees_only_grow BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_subtrees FOR EACH STATEMENT EXECUTE FUNCTION helix.refuse_audit_change();

CREATE TRIGGER close_deleted AFTER DELETE ON public.generations REFERENCING OLD TABLE AS deleted_generations FOR EACH STATEMENT EXECUTE FUNCTION helix.close_deleted_generations();

CREATE TRIGGER count_conversations AFTER INSERT ON public.conversations REFERENCING NEW TABLE AS changed_conversations FOR EACH STATEMENT EXECUTE FUNCTION helix.count_conversations();

CREATE TRIGGER count_messages AFTER INSERT ON public.session_messages REFERENCING NEW TABLE AS added_messages FOR EACH STATEMENT EXECUTE FUNCTION helix.count_messages();

CREATE TRIGGER count_spending AFTER INSERT ON public.usage_ledger REFERENCING NEW TABLE AS added_usage FOR EACH STATEMENT EXECUTE FUNCTION helix.count_spending();

CREATE TRIGGER note_own_title BEFORE UPDATE ON public.conversations FOR EACH ROW WHEN (((old.title IS DISTINCT FROM new.title) AND (old.title_by = new.title_by))) EXECUTE FUNCTION helix.note_own_title();

CREATE TRIGGER number_profile_change BEFORE UPDATE ON public.user_profiles FOR EACH ROW WHEN (((old.display_name IS DISTINCT FROM new.display_name) OR (old.avatar_url IS DISTINCT FROM new.avatar_url) OR (old.onboarding_completed IS DISTINCT FROM new.onboarding_completed) OR (old.onboarding_step IS DISTINCT FROM new.onboarding_step) OR (old.trust_level IS DISTINCT FROM new.trust_level) OR (old.role IS DISTINCT FROM new.role))) EXECUTE FUNCTION helix.number_profile_change();

CREATE TRIGGER recount_conversation AFTER UPDATE OF deleted ON public.conversations FOR EACH ROW WHEN ((old.deleted IS DISTINCT FROM new.deleted)) EXECUTE FUNCTION helix.recount_conversation();

CREATE TRIGGER refuse_undelete BEFORE UPDATE ON public.conversations FOR EACH ROW WHEN ((old.deleted AND (NOT new.deleted))) EXECUTE FUNCTION helix.refuse_undelete();

CREATE TRIGGER tell_of_conversation AFTER UPDATE ON public.conversations FOR EACH ROW WHEN (((old.deleted IS DISTINCT FROM new.deleted) OR ((old.title IS DISTINCT FROM new.title) AND (NOT new.deleted)))) EXECUTE FUNCTION helix.tell_of_conversation();

CREATE TRIGGER tell_of_profile AFTER UPDATE ON public.user_profiles FOR EACH ROW WHEN (((old.display_name IS DISTINCT FROM new.display_name) OR (old.avatar_url IS DISTINCT FROM new.avatar_url) OR (old.onboarding_completed IS DISTINCT FROM new.onboarding_completed) OR (old.onboarding_step IS DISTINCT FROM new.onboarding_step) OR (old.trust_level IS DISTINCT FROM new.trust_level) OR (old.role IS DISTINCT FROM new.role))) EXECUTE FUNCTION helix.tell_of_profile();

CREATE TRIGGER tell_person_changed AFTER UPDATE OF role, status ON public.user_profiles FOR EACH ROW WHEN (((old.role IS DISTINCT FROM new.role) OR (old.status IS DISTINCT FROM new.status))) EXECUTE FUNCTION helix.tell_person_changed();

CREATE TRIGGER tell_person_gone AFTER DELETE ON public.audit_actors FOR EACH ROW EXECUTE FUNCTION helix.tell_person_changed();

CREATE TRIGGER tell_revoked_session AFTER INSERT ON public.revoked_sessions FOR EACH ROW EXECUTE FUNCTION helix.tell_revoked_session();

CREATE TRIGGER touch BEFORE UPDATE ON public.conversations FOR EACH ROW WHEN (((old.title IS DISTINCT FROM new.title) OR (old.deleted IS DISTINCT FROM new.deleted) OR (old.active_message_id IS DISTINCT FROM new.active_message_id))) EXECUTE FUNCTION helix.touch();

CREATE TRIGGER touch BEFORE UPDATE ON public.user_profiles FOR EACH ROW WHEN (((old.display_name IS DISTINCT FROM new.display_name) OR (old.avatar_url IS DISTINCT FROM new.avatar_url) OR (old.onboarding_completed IS DISTINCT FROM new.onboarding_completed) OR (old.onboarding_step IS DISTINCT FROM new.onboarding_step) OR (old.trust_level IS DISTINCT FROM new.trust_level))) EXECUTE FUNCTION helix.touch();

CREATE TRIGGER uncount_conversations AFTER DELETE ON public.conversations REFERENCING OLD TABLE AS changed_conversations FOR EACH STATEMENT EXECUTE FUNCTION helix.uncount_conversations();

CREATE TRIGGER uncount_messages AFTER DELETE ON public.session_messages REFERENCING OLD TABLE AS gone_messages FOR EACH STATEMENT EXECUTE FUNCTION helix.uncount_messages();

ALTER TABLE ONLY public.access_tokens
    ADD CONSTRAINT access_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.audit_actors
    ADD CONSTRAINT audit_actors_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.budgets
    ADD CONSTRAINT budgets_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversation_summaries
    ADD CONSTRAINT conversation_summaries_upto_message_id_fkey FOREIGN KEY (upto_message_id) REFERENCES public.session_messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversation_summaries
    ADD CONSTRAINT conversation_summaries_user_id_session_key_fkey FOREIGN KEY (user_id, session_key) REFERENCES public.conversations(user_id, session_key) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.session_messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.generation_events
    ADD CONSTRAINT generation_events_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES public.generations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.generations
    ADD CONSTRAINT generations_user_id_session_key_fkey FOREIGN KEY (user_id, session_key) REFERENCES public.conversations(user_id, session_key) ON DELETE CASCADE;

ALTER TABLE ONLY public.incident_updates
    ADD CONSTRAINT incident_updates_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES public.incidents(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.revoked_sessions
    ADD CONSTRAINT revoked_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.session_messages
    ADD CONSTRAINT session_messages_conversation_fkey FOREIGN KEY (user_id, session_key) REFERENCES public.conversations(user_id, session_key) ON DELETE CASCADE;

ALTER TABLE ONLY public.session_messages
    ADD CONSTRAINT session_messages_parent_fkey FOREIGN KEY (parent_id) REFERENCES public.session_messages(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.session_messages
    ADD CONSTRAINT session_messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.turn_allowances
    ADD CONSTRAINT turn_allowances_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.usage_ledger
    ADD CONSTRAINT usage_ledger_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.user_events
    ADD CONSTRAINT user_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.user_profiles(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_profiles
    ADD CONSTRAINT user_profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE public.access_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_actors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_acts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_checkpoints ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_head ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_subtrees ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.backup_records ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.budgets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.client_errors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.conversation_summaries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.conversations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.discord_outbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.feedback ENABLE ROW LEVEL SECURITY;

CREATE POLICY gateway ON public.access_tokens TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.audit_acts TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.backup_records TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.budgets TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.client_errors TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.conversation_summaries TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.conversations TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.feedback TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.gateways TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.generation_events TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.generations TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.incident_updates TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.incidents TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.leases TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.rate_limits TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.revoked_sessions TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.session_messages TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.settings TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.traffic_minutes TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.turn_allowances TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.uptime_days TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.uptime_minutes TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.usage_ledger TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.user_events TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway ON public.user_profiles TO helix_gateway USING (true) WITH CHECK (true);

CREATE POLICY gateway_insert ON public.audit_actors FOR INSERT TO helix_gateway WITH CHECK (true);

CREATE POLICY gateway_insert ON public.audit_checkpoints FOR INSERT TO helix_gateway WITH CHECK (true);

CREATE POLICY gateway_insert ON public.audit_entries FOR INSERT TO helix_gateway WITH CHECK (true);

CREATE POLICY gateway_insert ON public.audit_keys FOR INSERT TO helix_gateway WITH CHECK (true);

CREATE POLICY gateway_insert ON public.audit_subtrees FOR INSERT TO helix_gateway WITH CHECK (true);

CREATE POLICY gateway_insert ON public.discord_outbox FOR INSERT TO helix_gateway WITH CHECK (true);

CREATE POLICY gateway_select ON public.audit_actors FOR SELECT TO helix_gateway USING (true);

CREATE POLICY gateway_select ON public.audit_checkpoints FOR SELECT TO helix_gateway USING (true);

CREATE POLICY gateway_select ON public.audit_entries FOR SELECT TO helix_gateway USING (true);

CREATE POLICY gateway_select ON public.audit_head FOR SELECT TO helix_gateway USING (true);

CREATE POLICY gateway_select ON public.audit_keys FOR SELECT TO helix_gateway USING (true);

CREATE POLICY gateway_select ON public.audit_subtrees FOR SELECT TO helix_gateway USING (true);

CREATE POLICY gateway_select ON public.discord_outbox FOR SELECT TO helix_gateway USING (true);

CREATE POLICY gateway_update ON public.audit_head FOR UPDATE TO helix_gateway USING (true) WITH CHECK (true);

ALTER TABLE public.gateways ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.generation_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.generations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.incident_updates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.incidents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.leases ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_delete ON public.conversations FOR DELETE TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_delete ON public.session_messages FOR DELETE TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_delete ON public.user_profiles FOR DELETE TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_insert ON public.conversations FOR INSERT TO authenticated WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_insert ON public.session_messages FOR INSERT TO authenticated WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_insert ON public.user_profiles FOR INSERT TO authenticated WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_select ON public.conversations FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_select ON public.session_messages FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_select ON public.user_events FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_select ON public.user_profiles FOR SELECT TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_update ON public.conversations FOR UPDATE TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid))) WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_update ON public.session_messages FOR UPDATE TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid))) WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

CREATE POLICY own_update ON public.user_profiles FOR UPDATE TO authenticated USING ((user_id = ( SELECT auth.uid() AS uid))) WITH CHECK ((user_id = ( SELECT auth.uid() AS uid)));

ALTER TABLE public.rate_limits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.revoked_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.session_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.traffic_minutes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.turn_allowances ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.uptime_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.uptime_minutes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_ledger ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.user_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.user_profiles ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA helix TO helix_gateway;

GRANT USAGE ON SCHEMA public TO anon;
GRANT USAGE ON SCHEMA public TO authenticated;
GRANT USAGE ON SCHEMA public TO service_role;
GRANT USAGE ON SCHEMA public TO helix_gateway;

REVOKE ALL ON FUNCTION helix.append_audit(heads text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.append_audit(heads text[]) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.begin_act(head text, lease_ms integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.begin_act(head text, lease_ms integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.can_read_signins() FROM PUBLIC;
GRANT ALL ON FUNCTION helix.can_read_signins() TO helix_gateway;

REVOKE ALL ON FUNCTION helix.change_conversation(person uuid, key text, new_title text, chosen uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.change_conversation(person uuid, key text, new_title text, chosen uuid) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.change_profile(person uuid, changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.change_profile(person uuid, changes jsonb) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.close_deleted_generations() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.close_turns(turns jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.close_turns(turns jsonb) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.count_conversations() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.count_messages() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.count_spending() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.delete_conversation(person uuid, key text) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.delete_conversation(person uuid, key text) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.end_act(head text, intent bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.end_act(head text, intent bigint) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.enter(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.enter(person uuid) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.erase_deleted(days integer, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.erase_deleted(days integer, most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.erase_slice(person uuid, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.erase_slice(person uuid, most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.event_range(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.event_range(person uuid) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.expire_conversations(days integer, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.expire_conversations(days integer, most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.expire_events(hours integer, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.expire_events(hours integer, most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.export_account(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.export_account(person uuid) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.find_access_token(wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.find_access_token(wanted text) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.hold_budget(person uuid, starts date) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.hold_budget(person uuid, starts date) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.lost_signins(people uuid[], sessions uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.lost_signins(people uuid[], sessions uuid[]) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.note_own_title() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.note_uptime(looks jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.note_uptime(looks jsonb) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.number_profile_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.open_budgeted_turns(turns jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.open_budgeted_turns(turns jsonb) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.open_summary(generation uuid, person uuid, key text, upto uuid, with_model text, is_simulated boolean, maker text, secret bytea, head text) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.open_summary(generation uuid, person uuid, key text, upto uuid, with_model text, is_simulated boolean, maker text, secret bytea, head text) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.open_title(generation uuid, person uuid, key text, upto uuid, with_model text, is_simulated boolean, maker text, secret bytea, head text) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.open_title(generation uuid, person uuid, key text, upto uuid, with_model text, is_simulated boolean, maker text, secret bytea, head text) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.open_turns(turns jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.open_turns(turns jsonb) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.outcome(turn uuid, outcome text, generation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.outcome(turn uuid, outcome text, generation uuid) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.prune_events(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.prune_events(most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.random_log_id() FROM PUBLIC;
GRANT ALL ON FUNCTION helix.random_log_id() TO helix_gateway;

REVOKE ALL ON FUNCTION helix.read_conversations(person uuid, key text, before_at timestamp with time zone, before_id uuid, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.read_conversations(person uuid, key text, before_at timestamp with time zone, before_id uuid, most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.read_events(person uuid, after bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.read_events(person uuid, after bigint, most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.read_feeds(people uuid[], afters bigint[], most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.read_feeds(people uuid[], afters bigint[], most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.read_messages(person uuid, key text, leaf uuid, most integer, everything boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.read_messages(person uuid, key text, leaf uuid, most integer, everything boolean) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.read_messages_around(person uuid, key text, around uuid, earlier integer, later integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.read_messages_around(person uuid, key text, around uuid, earlier integer, later integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.read_profile(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.read_profile(person uuid) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.reclaim_generations(taker text, everything boolean, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.reclaim_generations(taker text, everything boolean, most integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.recount_conversation() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.refuse_audit_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.refuse_undelete() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.refused_by_budget(person uuid, day_limit bigint, month_limit bigint, amount bigint, day date, people uuid[], reserves bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.refused_by_budget(person uuid, day_limit bigint, month_limit bigint, amount bigint, day date, people uuid[], reserves bigint[]) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.renew_leases(ids uuid[], tokens bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.renew_leases(ids uuid[], tokens bigint[]) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.search_key(person uuid, words tsquery) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.search_key(person uuid, words tsquery) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.search_messages(person uuid, q text, beginning boolean, before_id uuid, most integer, reach integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.search_messages(person uuid, q text, beginning boolean, before_id uuid, most integer, reach integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.search_query(q text, beginning boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.search_query(q text, beginning boolean) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.search_terms(person uuid, content text) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.search_terms(person uuid, content text) TO helix_gateway;
GRANT ALL ON FUNCTION helix.search_terms(person uuid, content text) TO service_role;

REVOKE ALL ON FUNCTION helix.set_title(generation uuid, token bigint, words text) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.set_title(generation uuid, token bigint, words text) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.signins(wanted uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.signins(wanted uuid[]) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.stop_person(person uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.stop_person(person uuid) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.take_turn(person uuid, per_second double precision, burst integer, OUT remaining integer, OUT wait_ms integer) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.take_turn(person uuid, per_second double precision, burst integer, OUT remaining integer, OUT wait_ms integer) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.tell(people uuid[], kinds text[], keys text[], facts jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.tell(people uuid[], kinds text[], keys text[], facts jsonb[]) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.tell_of_conversation() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.tell_of_profile() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.tell_person_changed() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.tell_revoked_session() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.touch() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.turn_history(person uuid, key text, leaf uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.turn_history(person uuid, key text, leaf uuid) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.uncount_conversations() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.uncount_messages() FROM PUBLIC;

REVOKE ALL ON FUNCTION helix.with_second_factor(people uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.with_second_factor(people uuid[]) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.write_events(ids uuid[], tokens bigint[], firsts integer[], lasts integer[], delta_lists text[], notice text) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.write_events(ids uuid[], tokens bigint[], firsts integer[], lasts integer[], delta_lists text[], notice text) TO helix_gateway;

REVOKE ALL ON FUNCTION helix.write_turns(turns jsonb, ids uuid[], parents uuid[], questions uuid[], fresh boolean[], heads text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION helix.write_turns(turns jsonb, ids uuid[], parents uuid[], questions uuid[], fresh boolean[], heads text[]) TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_tokens TO helix_gateway;

GRANT SELECT,INSERT ON TABLE public.audit_actors TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_acts TO helix_gateway;

GRANT SELECT,INSERT ON TABLE public.audit_checkpoints TO helix_gateway;

GRANT SELECT,INSERT ON TABLE public.audit_entries TO helix_gateway;

GRANT SELECT,UPDATE ON TABLE public.audit_head TO helix_gateway;

GRANT SELECT,INSERT ON TABLE public.audit_keys TO helix_gateway;

GRANT SELECT,INSERT ON TABLE public.audit_subtrees TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.backup_records TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.budgets TO helix_gateway;
GRANT SELECT ON TABLE public.budgets TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.client_errors TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversation_summaries TO helix_gateway;
GRANT SELECT ON TABLE public.conversation_summaries TO service_role;

GRANT SELECT ON TABLE public.conversations TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversations TO helix_gateway;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversations TO service_role;

GRANT UPDATE(title) ON TABLE public.conversations TO authenticated;

GRANT UPDATE(deleted) ON TABLE public.conversations TO authenticated;

GRANT SELECT,INSERT ON TABLE public.discord_outbox TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feedback TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.gateways TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generation_events TO helix_gateway;
GRANT SELECT ON TABLE public.generation_events TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generations TO helix_gateway;
GRANT SELECT ON TABLE public.generations TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.incident_updates TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.incidents TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.leases TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rate_limits TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.revoked_sessions TO helix_gateway;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.revoked_sessions TO service_role;

GRANT SELECT ON TABLE public.session_messages TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session_messages TO helix_gateway;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session_messages TO service_role;

GRANT USAGE ON SEQUENCE public.session_messages_position_seq TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.settings TO helix_gateway;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.settings TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.traffic_minutes TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.turn_allowances TO helix_gateway;
GRANT SELECT ON TABLE public.turn_allowances TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.uptime_days TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.uptime_minutes TO helix_gateway;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_ledger TO helix_gateway;
GRANT SELECT ON TABLE public.usage_ledger TO service_role;

GRANT SELECT ON TABLE public.user_events TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_events TO helix_gateway;
GRANT SELECT ON TABLE public.user_events TO service_role;

GRANT SELECT ON TABLE public.user_profiles TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_profiles TO helix_gateway;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_profiles TO service_role;

GRANT UPDATE(display_name) ON TABLE public.user_profiles TO authenticated;

GRANT UPDATE(avatar_url) ON TABLE public.user_profiles TO authenticated;

GRANT UPDATE(onboarding_completed) ON TABLE public.user_profiles TO authenticated;

GRANT UPDATE(onboarding_step) ON TABLE public.user_profiles TO authenticated;
