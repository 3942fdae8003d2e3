-- What a person thinks of a reply: one row a reply, theirs alone, gone with the reply or the account.

create table public.feedback (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  message_id uuid not null references public.session_messages (id) on delete cascade,
  rating text not null check (rating in ('up', 'down')),
  comment text check (char_length(comment) between 1 and 2000),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (user_id, message_id)
);

create index feedback_message on public.feedback (message_id);
create index feedback_recent on public.feedback (updated_at desc, id desc);

alter table public.feedback enable row level security;
create policy gateway on public.feedback for all to helix_gateway using (true) with check (true);
revoke all on public.feedback from public, anon, authenticated, service_role, helix_gateway;
grant select, insert, update, delete on public.feedback to helix_gateway;

-- What clients report of their own failures, the same ones together. Nobody's name or address is in it.

create table public.client_errors (
  id uuid primary key default gen_random_uuid(),
  fingerprint text not null unique check (char_length(fingerprint) = 64),
  message text not null check (char_length(message) between 1 and 2000),
  stack text check (char_length(stack) <= 12000),
  page text check (char_length(page) <= 500),
  release text check (char_length(release) <= 100),
  user_agent text check (char_length(user_agent) <= 500),
  reports bigint not null default 1 check (reports > 0),
  first_seen_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now()
);

create index client_errors_recent on public.client_errors (last_seen_at desc, id desc);

alter table public.client_errors enable row level security;
create policy gateway on public.client_errors for all to helix_gateway using (true) with check (true);
revoke all on public.client_errors from public, anon, authenticated, service_role, helix_gateway;
grant select, insert, update, delete on public.client_errors to helix_gateway;
