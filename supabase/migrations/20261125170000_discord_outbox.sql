-- What Discord has of the chain. The entries themselves are the queue: a post takes what comes after the last one
-- of its channel, so nothing is added to an act's transaction and nothing can be lost between two tables.

create table public.discord_outbox (
  log_id text not null check (char_length(log_id) between 1 and 100),
  channel text not null check (
    channel in ('commands', 'api', 'heartbeat', 'file-changes', 'consciousness', 'alerts', 'hash-chain')
  ),
  what text not null check (what in ('entries', 'checkpoints')),
  first_seq bigint not null check (first_seq > 0),
  last_seq bigint not null check (last_seq >= first_seq),
  webhook_id text not null check (char_length(webhook_id) between 1 and 30),
  message_id text not null check (char_length(message_id) between 1 and 30),
  sent_at timestamptz(3) not null default now(),
  primary key (log_id, channel, what, last_seq)
);

comment on table public.discord_outbox is 'Each row is a post that Discord has confirmed with the id of its message.';
comment on column public.discord_outbox.first_seq is
  'Seq of the first entry of the channel in the post; of checkpoints, the size of the first.';

alter table public.discord_outbox enable row level security;
create policy gateway_select on public.discord_outbox for select to helix_gateway using (true);
create policy gateway_insert on public.discord_outbox for insert to helix_gateway with check (true);

revoke all on public.discord_outbox from public, anon, authenticated, service_role, helix_gateway;
grant select, insert on public.discord_outbox to helix_gateway;
