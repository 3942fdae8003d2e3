-- A reply is a durable object: the generation that makes it, its numbered events, what it cost, and the
-- functions of a turn's hot path. Each function is one round trip and takes many turns at once.

create table public.generations (
  id uuid primary key,
  user_id uuid not null,
  session_key text not null,
  purpose text not null default 'reply' check (purpose in ('reply', 'summary')),
  state text not null default 'pending'
    check (state in ('pending', 'streaming', 'complete', 'stopped', 'failed', 'interrupted')),
  user_message_id uuid,
  message_id uuid,
  client_message_id text,
  request_hash text,
  model text not null,
  simulated boolean not null default false,
  instance text not null,
  lease_token bigint not null default 1,
  lease_until timestamptz not null default now() + interval '10 seconds',
  stop_requested_at timestamptz,
  intent_seq bigint,
  content_key bytea not null,
  terminal_seq integer,
  problem jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  foreign key (user_id, session_key) references public.conversations (user_id, session_key) on delete cascade
);

create unique index generations_client_message_id on public.generations (user_id, client_message_id)
  where client_message_id is not null;
create index generations_open on public.generations (user_id) where finished_at is null;
create unique index generations_one_open_reply on public.generations (user_id, session_key)
  where finished_at is null and purpose = 'reply';
create index generations_conversation on public.generations (user_id, session_key);

create table public.generation_events (
  generation_id uuid not null references public.generations (id) on delete cascade,
  first_seq integer not null,
  last_seq integer not null,
  deltas text[] not null,
  primary key (generation_id, first_seq),
  check (last_seq - first_seq + 1 = cardinality(deltas))
);

comment on table public.generation_events is
  'What one flush wrote of one reply: deltas[i] is event first_seq + i - 1. Event 1 is start, the last is terminal_seq.';

create table public.conversation_summaries (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  session_key text not null,
  upto_message_id uuid not null references public.session_messages (id) on delete cascade,
  content text not null,
  model text not null,
  created_at timestamptz not null default now(),
  foreign key (user_id, session_key) references public.conversations (user_id, session_key) on delete cascade,
  unique (upto_message_id)
);
create index conversation_summaries_conversation on public.conversation_summaries (user_id, session_key);

create table public.usage_ledger (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  user_id uuid references auth.users (id) on delete set null,
  generation_id uuid not null,
  purpose text not null,
  model text not null,
  input_tokens integer not null,
  cache_creation_5m_input_tokens integer not null,
  cache_creation_1h_input_tokens integer not null,
  cache_read_input_tokens integer not null,
  output_tokens integer not null,
  cost_nano_usd bigint,
  estimated boolean not null,
  simulated boolean not null,
  request_id text
);
create index usage_ledger_user on public.usage_ledger (user_id, at);

do $$
declare
  name text;
begin
  foreach name in array array['generations', 'generation_events', 'conversation_summaries', 'usage_ledger'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('create policy gateway on public.%I for all to helix_gateway using (true) with check (true)', name);
    execute format('revoke all on public.%I from public, anon, authenticated', name);
    execute format('grant select, insert, update, delete on public.%I to helix_gateway', name);
    if exists (select from pg_roles where rolname = 'service_role') then
      execute format('grant select on public.%I to service_role', name);
    end if;
  end loop;
end $$;

-- The lines of a conversation that a reply is asked with: from `leaf` up to the newest summary on the way, or
-- to the first message. Oldest first.

create function helix.turn_history(person uuid, key text, leaf uuid) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return (with recursive line as (
    select m.id, m.parent_id, m.role, m.content, m.created_at, 1 as depth, s.content as summary
    from public.session_messages m
    left join public.conversation_summaries s on s.upto_message_id = m.id
    where m.id = leaf and m.user_id = person and m.session_key = key
    union all
    select m.id, m.parent_id, m.role, m.content, m.created_at, line.depth + 1, s.content
    from line
    join public.session_messages m on m.id = line.parent_id and m.user_id = person and m.session_key = key
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

-- Opens turns. Each item of `turns` is what src/chat/turns/open.ts sends; the answer is one outcome per item, named
-- by its generation: opened, replay, mismatch, foreign, deleted, busy, too_many, message_not_found. First each item
-- is judged (against the tables and against the items before it), then all that pass are written at once.
-- The caller sorts items by person, so that two instances never wait for each other crosswise.
-- What is read is read before the intents are appended, because from then on every other act waits.
-- The functions of the hot path plan each statement once a connection, when tables may still be small; so they insist
-- on their indexes, keep the plan, and compile nothing.

create function helix.open_turns(turns jsonb) returns jsonb
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
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
  for turn in
    select * from jsonb_to_recordset(turns) as t (
      "generationId" uuid, kind text, "userId" uuid, "sessionKey" text, "mayCreate" boolean, "mustCreate" boolean,
      target uuid, "userMessageId" uuid, "clientMessageId" text, "requestHash" text, "openLimit" integer, head text)
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
      where user_id = turn."userId" and session_key = turn."sessionKey" for update;
      known_talk := found;
      if known_talk and gone then
        outcomes := outcomes || helix.outcome(turn."generationId", 'deleted');
        continue;
      end if;
      if not known_talk and (not turn."mayCreate"
        or exists (select from public.conversations where session_key = turn."sessionKey"))
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

    people := people || turn."userId";
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
      'memoryBlock', case when known_talk then memory end,
      'history', case when parent is not null then helix.turn_history(turn."userId", turn."sessionKey", parent) end);
  end loop;

  if cardinality(ids) > 0 then
    first_intent := helix.write_turns(turns, ids, parents, questions, fresh, heads);
    for place in 1 .. cardinality(opened) loop
      outcomes := outcomes || (opened[place] || jsonb_build_object('intentSeq', first_intent + place - 1));
    end loop;
  end if;
  return to_jsonb(outcomes);
end $$;

create function helix.outcome(turn uuid, outcome text, generation uuid default null) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object('turn', turn, 'outcome', outcome, 'generationId', generation)
$$;

-- Writes the turns that were let in, the intents last, and answers the first intent's seq. A conversation or a
-- clientMessageId that another instance took a moment ago fails here; the caller then tries the turns one by one.

create function helix.write_turns(
  turns jsonb, ids uuid[], parents uuid[], questions uuid[], fresh boolean[], heads text[]
) returns bigint
language plpgsql set search_path = '' as $$
declare
  first_intent bigint;
begin
  with turn as (
    select t.*, o.parent, o.question, o.fresh, o.place
    from unnest(ids, parents, questions, fresh) with ordinality as o (id, parent, question, fresh, place)
    join jsonb_to_recordset(turns) as t (
      "generationId" uuid, kind text, "userId" uuid, "sessionKey" text, title text, "messageId" uuid,
      "clientMessageId" text, "requestHash" text, content text, model text, simulated boolean, instance text,
      "contentKey" text, "at" timestamptz) on t."generationId" = o.id
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
    client_message_id, model, simulated, created_at, synced_at)
  select line.id, "userId", "sessionKey", line.role, line.content, line.status, line.parent, "generationId",
    line.client, line.model, line.simulated, "at", line.synced
  from turn, lateral (values
    (1, question, 'user', turn.content, 'complete', turn.parent, turn."clientMessageId", null, false, turn."at"),
    (2, turn."messageId", 'assistant', '', 'pending', question,
      case when turn.kind = 'regenerate' then turn."clientMessageId" end, turn.model, turn.simulated, null)
  ) as line (rank, id, role, content, status, parent, client, model, simulated, synced)
  where line.rank = 2 or turn.kind <> 'regenerate'
  order by turn.place, line.rank;

  first_intent := helix.append_audit(heads);
  update public.generations g set intent_seq = first_intent + o.place - 1
  from unnest(ids) with ordinality as o (id, place) where g.id = o.id;
  return first_intent;
end $$;

-- Opens the generation of a summary that speaks for everything up to `upto`; null when one is made already.

create function helix.open_summary(
  generation uuid, person uuid, key text, upto uuid, with_model text, is_simulated boolean, maker text, secret bytea,
  head text
) returns jsonb
language plpgsql set search_path = '' as $$
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

-- Writes what one tick gathered from all streams of an instance, and wakes readers on other instances once.
-- A generation that is no longer this instance's (its lease was taken over) is left out of the answer.

create function helix.write_events(
  ids uuid[], tokens bigint[], firsts integer[], lasts integer[], delta_lists text[], notice text
) returns setof uuid
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
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

-- Ends generations: the text, what it cost, the outcome on the chain. Only the lease's holder may; the ids it
-- really ended come back.

create function helix.close_turns(turns jsonb) returns setof uuid
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
declare
  heads text[];
  ended uuid[];
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
  select array_agg(item.head order by item.place), array_agg(closed.id order by item.place) into heads, ended
  from closed join item on item."generationId" = closed.id;

  if cardinality(heads) > 0 then
    perform helix.append_audit(heads);
  end if;
  return query select unnest(ended);
end $$;

-- Renews what an instance holds; what does not come back was taken over, or has ended.

create function helix.renew_leases(ids uuid[], tokens bigint[]) returns table (id uuid, stop boolean)
language sql set search_path = '' as $$
  with ours as (
    select g.id from unnest(ids, tokens) as mine (id, token)
    join public.generations g on g.id = mine.id and g.lease_token = mine.token and g.finished_at is null
    order by g.id for update of g
  )
  update public.generations g set lease_until = now() + interval '10 seconds'
  from ours where g.id = ours.id
  returning g.id, g.stop_requested_at is not null
$$;

-- Takes over generations whose holder is gone: their lease ran out, or `everything` (an embedded database has
-- one owner, so at its start nobody else can hold any). Answers what is needed to end them.

create function helix.reclaim_generations(taker text, everything boolean, most integer)
returns table (
  id uuid, user_id uuid, session_key text, purpose text, message_id uuid, lease_token bigint, intent_seq bigint,
  model text, simulated boolean, content_key bytea, actor text, prompt_characters integer, partial text,
  last_seq integer
)
language sql set search_path = '' as $$
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

revoke all on function helix.turn_history(uuid, text, uuid), helix.open_turns(jsonb),
  helix.outcome(uuid, text, uuid), helix.write_turns(jsonb, uuid[], uuid[], uuid[], boolean[], text[]),
  helix.open_summary(uuid, uuid, text, uuid, text, boolean, text, bytea, text),
  helix.write_events(uuid[], bigint[], integer[], integer[], text[], text), helix.close_turns(jsonb),
  helix.renew_leases(uuid[], bigint[]), helix.reclaim_generations(text, boolean, integer) from public;
grant execute on function helix.turn_history(uuid, text, uuid), helix.open_turns(jsonb),
  helix.outcome(uuid, text, uuid), helix.write_turns(jsonb, uuid[], uuid[], uuid[], boolean[], text[]),
  helix.open_summary(uuid, uuid, text, uuid, text, boolean, text, bytea, text),
  helix.write_events(uuid[], bigint[], integer[], integer[], text[], text), helix.close_turns(jsonb),
  helix.renew_leases(uuid[], bigint[]), helix.reclaim_generations(text, boolean, integer) to helix_gateway;
