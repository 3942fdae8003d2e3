-- A conversation that the same person began through another instance a moment ago is their own, not another's. Between
-- looking for it and asking whose it is it may appear: then the insert collides, and the next try finds it busy.

create or replace function helix.open_budgeted_turns(turns jsonb) returns jsonb
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
end $$;
