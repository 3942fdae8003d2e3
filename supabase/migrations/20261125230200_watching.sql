-- What gateways tell of themselves, so that any of them can speak for all.

-- Who is there: each writes its row every few seconds.
create unlogged table public.gateways (
  instance uuid primary key,
  release text not null check (char_length(release) <= 100),
  started_at timestamptz(3) not null,
  heard_at timestamptz(3) not null default now(),
  open_streams integer not null default 0,
  open_replies integer not null default 0,
  memory_bytes bigint not null default 0
) with (fillfactor = 50);

-- What each answered in a minute. Times are counted in the buckets of a logarithmic scale, {"bucket": count}, so that
-- those of several gateways and minutes can be added up.
create table public.traffic_minutes (
  minute timestamptz not null,
  instance uuid not null,
  requests integer not null check (requests >= 0),
  errors integer not null check (errors >= 0),
  response jsonb not null default '{}',
  first_token jsonb not null default '{}',
  open_streams integer not null default 0,
  primary key (minute, instance)
);

-- How the parts were, looked at once a minute by one gateway: o as it should be, d worse, x not there, - not set up,
-- ? not to be told. The minutes are kept for two days, their sums for longer.
create table public.uptime_minutes (
  minute timestamptz primary key,
  gateway "char" not null check (gateway in ('o', 'd', 'x', '-', '?')),
  database "char" not null check (database in ('o', 'd', 'x', '-', '?')),
  claude "char" not null check (claude in ('o', 'd', 'x', '-', '?')),
  discord "char" not null check (discord in ('o', 'd', 'x', '-', '?'))
);

create table public.uptime_days (
  day date not null,
  component text not null check (component in ('gateway', 'database', 'claude', 'discord')),
  good integer not null default 0 check (good >= 0),
  bad integer not null default 0 check (bad >= 0),
  uncounted integer not null default 0 check (uncounted >= 0),
  since timestamptz not null,
  primary key (day, component)
) with (fillfactor = 50);

comment on column public.uptime_days.since is 'The first minute of the day that was looked at.';

-- Takes in minutes that were looked at; one that is known already counts no more.

create function helix.note_uptime(looks jsonb) returns void
language sql set search_path = '' as $$
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

do $$
declare
  name text;
begin
  foreach name in array array['gateways', 'traffic_minutes', 'uptime_minutes', 'uptime_days'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('create policy gateway on public.%I for all to helix_gateway using (true) with check (true)', name);
    execute format('revoke all on public.%I from public, anon, authenticated, service_role, helix_gateway', name);
    execute format('grant select, insert, update, delete on public.%I to helix_gateway', name);
  end loop;
end $$;

revoke all on function helix.note_uptime(jsonb) from public;
grant execute on function helix.note_uptime(jsonb) to helix_gateway;
