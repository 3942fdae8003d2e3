-- Checkpoints of the audit chain: signed statements that so many entries are under this Merkle root, and what of
-- the tree is kept so that making and proving one costs O(log n). Made apart from the acts they vouch for.

create table public.audit_checkpoints (
  log_id text not null check (char_length(log_id) between 1 and 100),
  size bigint not null check (size > 0),
  root text not null check (root ~ '^[0-9a-f]{64}$'),
  note text not null check (char_length(note) <= 10000),
  leaves bytea not null check (octet_length(leaves) > 0 and octet_length(leaves) % 32 = 0),
  made_at timestamptz(3) not null default now(),
  primary key (log_id, size)
);

comment on column public.audit_checkpoints.note is 'The signed note, as C2SP tlog-checkpoint has it.';
comment on column public.audit_checkpoints.leaves is
  'Leaf hashes of the entries since the checkpoint before: they show which entry is not the one that was signed.';
alter table public.audit_checkpoints alter column leaves set storage external;

-- Roots of the perfect subtrees of 256, 65536, … leaves: every eighth level. The leaves are the entries.
create table public.audit_subtrees (
  log_id text not null check (char_length(log_id) between 1 and 100),
  level smallint not null check (level > 0 and level % 8 = 0),
  place bigint not null check (place >= 0),
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  primary key (log_id, level, place)
);

comment on column public.audit_subtrees.place is 'Counted from 0 within its level.';

-- Where in the chain keys came in. What counts is the entry there.
create table public.audit_keys (
  log_id text not null check (char_length(log_id) between 1 and 100),
  seq bigint not null check (seq > 0),
  primary key (log_id, seq)
);

create or replace function helix.refuse_audit_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception '% only grows: % is refused', tg_table_name, tg_op using errcode = 'HX002';
end $$;

create trigger audit_checkpoints_only_grow before update or delete or truncate on public.audit_checkpoints
  for each statement execute function helix.refuse_audit_change();
create trigger audit_subtrees_only_grow before update or delete or truncate on public.audit_subtrees
  for each statement execute function helix.refuse_audit_change();
create trigger audit_keys_only_grow before update or delete or truncate on public.audit_keys
  for each statement execute function helix.refuse_audit_change();

-- Jobs that one process at a time does: whoever holds the row before it runs out. Each new holder gets a higher
-- token, and what it writes is written only while that token is the present one.

create table public.leases (
  name text primary key check (char_length(name) between 1 and 100),
  holder text not null check (char_length(holder) between 1 and 200),
  token bigint not null default 1,
  expires_at timestamptz not null
);

alter table public.audit_checkpoints enable row level security;
alter table public.audit_subtrees enable row level security;
alter table public.audit_keys enable row level security;
alter table public.leases enable row level security;

create policy gateway_select on public.audit_checkpoints for select to helix_gateway using (true);
create policy gateway_insert on public.audit_checkpoints for insert to helix_gateway with check (true);
create policy gateway_select on public.audit_subtrees for select to helix_gateway using (true);
create policy gateway_insert on public.audit_subtrees for insert to helix_gateway with check (true);
create policy gateway_select on public.audit_keys for select to helix_gateway using (true);
create policy gateway_insert on public.audit_keys for insert to helix_gateway with check (true);
create policy gateway on public.leases for all to helix_gateway using (true) with check (true);

revoke all on public.audit_checkpoints, public.audit_subtrees, public.audit_keys, public.leases
  from public, anon, authenticated, service_role, helix_gateway;
grant select, insert on public.audit_checkpoints, public.audit_subtrees, public.audit_keys to helix_gateway;
grant select, insert, update, delete on public.leases to helix_gateway;
