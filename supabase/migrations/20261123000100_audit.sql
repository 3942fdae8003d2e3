-- The audit chain: every act is an entry, every entry is bound to the one before it by a hash, and whoever
-- holds the entries can check that. One row knows the chain's end; locking it gives each entry its place.

create table public.audit_head (
  log_id text not null check (char_length(log_id) between 1 and 100),
  seq bigint not null default 0 check (seq >= 0),
  hash text not null default repeat('0', 64) check (char_length(hash) = 64)
) with (fillfactor = 10);

-- Exactly one row. It is rewritten with every act, so its page keeps room for the versions.
create unique index audit_head_one_row on public.audit_head ((true));

create table public.audit_entries (
  log_id text not null,
  seq bigint not null check (seq > 0),
  at timestamptz(3) not null,
  channel text not null check (
    channel in ('commands', 'api', 'heartbeat', 'file-changes', 'consciousness', 'alerts', 'hash-chain')
  ),
  kind text not null check (char_length(kind) between 1 and 100),
  actor text not null check (char_length(actor) between 1 and 200),
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  prev text not null check (char_length(prev) = 64),
  hash text not null check (char_length(hash) = 64),
  intent bigint generated always as (
    case when jsonb_typeof(data -> 'intent') = 'number' and data ->> 'intent' ~ '^[0-9]{1,15}$'
      then (data ->> 'intent')::bigint end
  ) stored,
  primary key (log_id, seq)
);

-- Open intents are the rows of the first index without a row of the second; both stay in order of the chain.
create index audit_entries_intents on public.audit_entries (log_id, seq)
  where right(kind, 8) = '.request' or right(kind, 6) = '.start';
create index audit_entries_closing on public.audit_entries (log_id, intent) where intent is not null;
create index audit_entries_adoptions on public.audit_entries ((data ->> 'log')) where kind = 'journal.adopt';

-- Who a pseudonym is. Deleting the account deletes the row, and the chain then names nobody.
create table public.audit_actors (
  user_id uuid primary key references auth.users (id) on delete cascade,
  actor text not null unique check (char_length(actor) between 1 and 200)
);

-- An entry never changes, whoever asks. (Restoring copies rows in, which is an insert.)

create function helix.refuse_audit_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'audit_entries only grows: % is refused', tg_op using errcode = 'HX002';
end $$;

create trigger audit_entries_only_grow before update or delete or truncate on public.audit_entries
  for each statement execute function helix.refuse_audit_change();

-- Gives each head (the canonical entry up to where "prev" comes) its place, in the order given, and returns the
-- first seq. Runs last in the act's transaction: from here to its commit, every other act waits.

create function helix.append_audit(heads text[]) returns bigint
language plpgsql set search_path = '' as $$
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

-- A log's name is random, so that two databases never write the same log.

create function helix.random_log_id() returns text
language sql volatile set search_path = '' as $$
  select left(encode(sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea), 'hex'), 32)
$$;

insert into public.audit_head (log_id) values (helix.random_log_id());

-- Who may do what ---------------------------------------------------------------------------------------------

alter table public.audit_head enable row level security;
alter table public.audit_entries enable row level security;
alter table public.audit_actors enable row level security;

do $$
declare
  role_name text;
begin
  revoke all on public.audit_head, public.audit_entries, public.audit_actors from public;
  foreach role_name in array array['anon', 'authenticated', 'service_role', 'helix_gateway'] loop
    if exists (select from pg_roles where rolname = role_name) then
      execute format(
        'revoke all on public.audit_head, public.audit_entries, public.audit_actors from %I', role_name
      );
    end if;
  end loop;
end $$;

create policy gateway_select on public.audit_head for select to helix_gateway using (true);
create policy gateway_update on public.audit_head for update to helix_gateway using (true) with check (true);
create policy gateway_select on public.audit_entries for select to helix_gateway using (true);
create policy gateway_insert on public.audit_entries for insert to helix_gateway with check (true);
create policy gateway_select on public.audit_actors for select to helix_gateway using (true);
create policy gateway_insert on public.audit_actors for insert to helix_gateway with check (true);

grant select, update on public.audit_head to helix_gateway;
grant select, insert on public.audit_entries, public.audit_actors to helix_gateway;

revoke all on function helix.append_audit(text[]), helix.random_log_id(), helix.refuse_audit_change() from public;
grant execute on function helix.append_audit(text[]), helix.random_log_id() to helix_gateway;
