-- What changes for a person, on whatever device or instance, as a feed that each of their devices follows: numbered
-- without gaps per person and written in the transaction of the change. The number is given by the person's profile row,
-- whose lock is held until the commit; so whoever has seen event n has nothing below n still to come.
--
-- Whoever locks several kinds of rows does so in this order: conversations, generations, budgets, people, the chain's
-- end; and several people in the order of their ids.

alter table public.user_profiles add column event_seq bigint not null default 0;

create table public.user_events (
  user_id uuid not null references public.user_profiles (user_id) on delete cascade,
  seq bigint not null check (seq > 0),
  at timestamptz not null default now(),
  event text not null check (char_length(event) between 1 and 100),
  session_key text,
  data jsonb not null default '{}',
  primary key (user_id, seq)
);
create index user_events_at on public.user_events (at);

alter table public.user_events enable row level security;
create policy own_select on public.user_events for select to authenticated
  using (user_id = (select auth.uid()));
create policy gateway on public.user_events for all to helix_gateway using (true) with check (true);
revoke all on public.user_events from public, anon, authenticated;
grant select on public.user_events to authenticated;
grant select, insert, update, delete on public.user_events to helix_gateway;
do $$
begin
  if exists (select from pg_roles where rolname = 'service_role') then
    grant select on public.user_events to service_role;
  end if;
end $$;

-- Tells people what has changed for them: the arrays are one event per place, in order.

create function helix.tell(people uuid[], kinds text[], keys text[], facts jsonb[]) returns void
language plpgsql security definer set search_path = '' as $$
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

-- New messages: their conversation is told of first when these are its first. Counting and telling lock the same rows,
-- so they are one statement.

create or replace function helix.count_messages() returns trigger
language plpgsql security definer set search_path = '' as $$
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

create or replace function helix.count_conversations() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.user_profiles as p (user_id, conversation_count)
  select user_id, count(*) from changed_conversations where not deleted group by user_id order by user_id
  on conflict (user_id) do update set conversation_count = p.conversation_count + excluded.conversation_count;
  return null;
end $$;

-- A title, a deletion: told whoever writes them, the person themselves included. What was told of a conversation that is
-- deleted becomes the word of its deletion, so that the feed keeps its numbers and shows nothing of it any more.

create function helix.tell_of_conversation() returns trigger
language plpgsql security definer set search_path = '' as $$
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

create trigger tell_of_conversation after update on public.conversations for each row
  when (old.deleted is distinct from new.deleted or (old.title is distinct from new.title and not new.deleted))
  execute function helix.tell_of_conversation();

-- As before, and now the person's devices are told which branch is shown.

create or replace function helix.change_conversation(person uuid, key text, new_title text, chosen uuid) returns text
language plpgsql set search_path = '' as $$
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
      join public.session_messages m on m.parent_id = below.id and m.user_id = person and m.session_key = key
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

-- A profile numbers the word of its own change.

create function helix.number_profile_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.event_seq := old.event_seq + 1;
  return new;
end $$;

create function helix.tell_of_profile() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.user_events (user_id, seq, event) values (new.user_id, new.event_seq, 'profile.changed');
  return null;
end $$;

create trigger number_profile_change before update on public.user_profiles for each row
  when (old.display_name is distinct from new.display_name or old.avatar_url is distinct from new.avatar_url
    or old.onboarding_completed is distinct from new.onboarding_completed
    or old.onboarding_step is distinct from new.onboarding_step
    or old.trust_level is distinct from new.trust_level or old.role is distinct from new.role)
  execute function helix.number_profile_change();
create trigger tell_of_profile after update on public.user_profiles for each row
  when (old.display_name is distinct from new.display_name or old.avatar_url is distinct from new.avatar_url
    or old.onboarding_completed is distinct from new.onboarding_completed
    or old.onboarding_step is distinct from new.onboarding_step
    or old.trust_level is distinct from new.trust_level or old.role is distinct from new.role)
  execute function helix.tell_of_profile();

-- As before, and now the person's devices are told that a reply has ended.

create or replace function helix.close_turns(turns jsonb) returns setof uuid
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
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

-- What a person's feed holds: the last number given out, and the oldest that is kept (null when none is).

create function helix.event_range(person uuid) returns table (head bigint, oldest bigint)
language plpgsql set search_path = '' as $$
begin
  perform helix.enter(person);
  return query
    select p.event_seq, (select min(e.seq) from public.user_events e where e.user_id = person)
    from public.user_profiles p where p.user_id = person;
end $$;

-- A person's events after `after`, oldest first.

create function helix.read_events(person uuid, after bigint, most integer)
returns table (seq bigint, at timestamptz, event text, session_key text, data jsonb)
language plpgsql set search_path = '' as $$
begin
  perform helix.enter(person);
  return query
    select e.seq, e.at, e.event, e.session_key, e.data from public.user_events e
    where e.user_id = person and e.seq > after order by e.seq limit most;
end $$;

-- The same for many people at once: one look serves every device that this instance has open.

create function helix.read_feeds(people uuid[], afters bigint[], most integer)
returns table (user_id uuid, seq bigint, at timestamptz, event text, session_key text, data jsonb)
language sql stable set search_path = '' as $$
  select p.id, e.seq, e.at, e.event, e.session_key, e.data
  from unnest(people, afters) as p (id, after)
  cross join lateral (
    select u.* from public.user_events u where u.user_id = p.id and u.seq > p.after order by u.seq limit most
  ) e
  order by p.id, e.seq
$$;

-- Events are kept for a day. Rows that another instance is at are left to it, so nobody waits.

create function helix.prune_events(most integer) returns integer
language plpgsql set search_path = '' as $$
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

revoke all on function helix.tell(uuid[], text[], text[], jsonb[]), helix.tell_of_conversation(),
  helix.number_profile_change(), helix.tell_of_profile(), helix.event_range(uuid),
  helix.read_events(uuid, bigint, integer), helix.read_feeds(uuid[], bigint[], integer),
  helix.prune_events(integer) from public;
grant execute on function helix.tell(uuid[], text[], text[], jsonb[]), helix.event_range(uuid),
  helix.read_events(uuid, bigint, integer), helix.read_feeds(uuid[], bigint[], integer), helix.prune_events(integer)
  to helix_gateway;
