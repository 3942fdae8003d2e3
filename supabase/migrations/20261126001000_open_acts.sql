-- Acts under way. Whoever announced one renews its row while at work; once it has run out, whoever did it is gone, and
-- any process may write down that it was interrupted. (Replies have leases of their own, in generations.)

create table public.audit_acts (
  log_id text not null check (char_length(log_id) between 1 and 100),
  seq bigint not null check (seq > 0),
  expires_at timestamptz not null,
  primary key (log_id, seq)
);

comment on column public.audit_acts.seq is 'Of the entry that announced the act.';

alter table public.audit_acts enable row level security;
create policy gateway on public.audit_acts for all to helix_gateway using (true) with check (true);
revoke all on public.audit_acts from public, anon, authenticated, service_role, helix_gateway;
grant select, insert, update, delete on public.audit_acts to helix_gateway;

-- Announces an act: its entry and its row, or neither.

create function helix.begin_act(head text, lease_ms integer) returns bigint
language plpgsql set search_path = '' as $$
declare
  intent bigint := helix.append_audit(array[head]);
begin
  insert into public.audit_acts (log_id, seq, expires_at)
  select h.log_id, intent, clock_timestamp() + lease_ms * interval '1 ms' from public.audit_head h;
  return intent;
end $$;

-- Writes down how an act ended. One that was taken for interrupted meanwhile is told all the same.

create function helix.end_act(head text, intent bigint) returns bigint
language plpgsql set search_path = '' as $$
declare
  outcome bigint := helix.append_audit(array[head]);
begin
  delete from public.audit_acts a using public.audit_head h where a.log_id = h.log_id and a.seq = intent;
  return outcome;
end $$;

revoke all on function helix.begin_act(text, integer), helix.end_act(text, bigint) from public;
grant execute on function helix.begin_act(text, integer), helix.end_act(text, bigint) to helix_gateway;
