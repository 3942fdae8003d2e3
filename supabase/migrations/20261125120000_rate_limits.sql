-- How often callers did what, counted for all gateways on this database together. Unlogged: counters are written
-- with every request they count and are worth nothing after a crash. A row past `expire` starts again by itself
-- and is swept away an hour later.

create unlogged table public.rate_limits (
  key text primary key check (char_length(key) between 1 and 255),
  points integer not null default 0,
  expire bigint
);

comment on table public.rate_limits is 'Counters of rate limits by policy and caller; `expire` is in ms since 1970.';

alter table public.rate_limits enable row level security;
create policy gateway on public.rate_limits for all to helix_gateway using (true) with check (true);

revoke all on public.rate_limits from public, anon, authenticated;
grant select, insert, update, delete on public.rate_limits to helix_gateway;
