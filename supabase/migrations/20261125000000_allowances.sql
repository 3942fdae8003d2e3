-- How much a person may ask for, and what it may cost: both are decided where a turn is opened, in the same
-- transaction, after a repeated clientMessageId was recognised. Gateways that run at once share what is counted here.

-- What was spent: one row a day (UTC) for each person, one a month for everyone together. What is reserved by replies
-- under way is not kept here but summed from the open generations, so that nothing can leak.

create table public.budgets (
  holder text not null check (holder = coalesce(user_id::text, 'everyone')),
  user_id uuid references auth.users (id) on delete cascade,
  starts_on date not null,
  spent_nano_usd bigint not null default 0 check (spent_nano_usd >= 0),
  primary key (holder, starts_on)
) with (fillfactor = 50);
create index budgets_user on public.budgets (user_id) where user_id is not null;

alter table public.generations add column reserved_nano_usd bigint check (reserved_nano_usd >= 0);

-- A bucket that fills by one with each turn and drains at the person's rate. Nothing is lost when a crash empties it.

create unlogged table public.turn_allowances (
  user_id uuid primary key references auth.users (id) on delete cascade,
  level double precision not null,
  at timestamptz not null
) with (fillfactor = 50);

do $$
declare
  name text;
begin
  foreach name in array array['budgets', 'turn_allowances'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('create policy gateway on public.%I for all to helix_gateway using (true) with check (true)', name);
    execute format('revoke all on public.%I from public, anon, authenticated', name);
    execute format('grant select, insert, update, delete on public.%I to helix_gateway', name);
    if exists (select from pg_roles where rolname = 'service_role') then
      execute format('grant select on public.%I to service_role', name);
    end if;
  end loop;
end $$;

-- What is written to the ledger is spent, unless it was simulated. Everyone who locks several of these rows begins with everyone's, then
-- goes by person.

create function helix.count_spending() returns trigger
language plpgsql security definer set search_path = '' as $$
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

-- The trigger first: from here to the commit nobody else writes to the ledger, so nothing spent is left out.
create trigger count_spending after insert on public.usage_ledger
  referencing new table as added_usage
  for each statement execute function helix.count_spending();

insert into public.budgets (holder, user_id, starts_on, spent_nano_usd)
select 'everyone', null, date_trunc('month', at at time zone 'utc')::date, sum(cost_nano_usd)
from public.usage_ledger where cost_nano_usd is not null and not simulated group by 3
union all
select user_id::text, user_id, (at at time zone 'utc')::date, sum(cost_nano_usd)
from public.usage_ledger
where cost_nano_usd is not null and not simulated and user_id is not null group by 2, 3;

-- What a holder has spent in the running period. From here to the end of the transaction nobody else spends or
-- reserves in the holder's name, so that what is then found free stays free.

create function helix.hold_budget(person uuid, starts date) returns bigint
language plpgsql set search_path = '' as $$
declare
  spent bigint;
begin
  insert into public.budgets (holder, user_id, starts_on) values (coalesce(person::text, 'everyone'), person, starts)
  on conflict do nothing;
  select spent_nano_usd into strict spent from public.budgets
  where holder = coalesce(person::text, 'everyone') and starts_on = starts for update;
  return spent;
end $$;

-- Takes one turn out of a person's allowance. Answers how many more may follow at once and, where none was left,
-- in how many milliseconds one will be.

create function helix.take_turn(
  person uuid, per_second double precision, burst integer, out remaining integer, out wait_ms integer
)
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan as $$
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

-- Opens turns; as before, and now the last judges of a turn are the budgets and the person's allowance: refused
-- turns cost neither. Items of an older gateway name no limits and meet none.

create or replace function helix.open_turns(turns jsonb) returns jsonb
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

-- Why a turn that would reserve `amount` is refused, or null. What turns before it in the same list reserve counts.

create function helix.refused_by_budget(
  person uuid, day_limit bigint, month_limit bigint, amount bigint, day date, people uuid[], reserves bigint[]
) returns jsonb
language plpgsql set search_path = '' as $$
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

revoke all on function helix.count_spending(), helix.hold_budget(uuid, date),
  helix.take_turn(uuid, double precision, integer),
  helix.refused_by_budget(uuid, bigint, bigint, bigint, date, uuid[], bigint[]) from public;
grant execute on function helix.hold_budget(uuid, date), helix.take_turn(uuid, double precision, integer),
  helix.refused_by_budget(uuid, bigint, bigint, bigint, date, uuid[], bigint[]) to helix_gateway;
