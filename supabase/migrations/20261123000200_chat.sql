-- The guide's three tables, put right. Every statement creates what is missing or changes what is there, so
-- that a database where the guide's SQL was pasted by hand is upgraded in place and loses nothing.

-- Conversations ---------------------------------------------------------------------------------------------

create table if not exists public.conversations (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  session_key text not null,
  title text,
  message_count integer default 0,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_message_at timestamptz,
  messages jsonb
);

alter table public.conversations
  add column if not exists active_message_id uuid,
  add column if not exists memory_block text,
  add column if not exists deleted boolean not null default false;

create table if not exists public.session_messages (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  session_key text not null,
  role text not null check (role in ('user', 'assistant', 'system')),
  content text not null,
  created_at timestamptz default now(),
  is_pending boolean default false,
  synced_at timestamptz,
  metadata jsonb
);

create table if not exists public.user_profiles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  display_name text,
  avatar_url text,
  trust_level float default 0.5,
  conversation_count integer default 0,
  messages_today integer default 0,
  onboarding_completed boolean default false,
  onboarding_step text default 'welcome',
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

-- A session key belongs to one person: unique per user, and a message hangs on (user, key), so that it can
-- never hang on another person's conversation. Where the guide's looser rule let one in, its writer gets a
-- conversation of their own under the same key.

alter table public.session_messages drop constraint if exists session_messages_session_key_fkey;
alter table public.conversations drop constraint if exists conversations_session_key_key;

do $$
begin
  if not exists (select from pg_constraint where conname = 'conversations_user_id_session_key_key') then
    alter table public.conversations
      add constraint conversations_user_id_session_key_key unique (user_id, session_key);
  end if;
end $$;

insert into public.conversations (user_id, session_key, created_at, last_message_at)
select m.user_id, m.session_key, min(m.created_at), max(m.created_at)
from public.session_messages m
where not exists (
  select from public.conversations c where c.user_id = m.user_id and c.session_key = m.session_key
)
group by m.user_id, m.session_key;

alter table public.session_messages
  add column if not exists position bigint,
  add column if not exists client_message_id text,
  add column if not exists parent_id uuid,
  add column if not exists generation_id uuid,
  add column if not exists status text not null default 'complete',
  add column if not exists stop_reason text,
  add column if not exists model text,
  add column if not exists input_tokens integer,
  add column if not exists cache_creation_input_tokens integer,
  add column if not exists cache_read_input_tokens integer,
  add column if not exists output_tokens integer,
  add column if not exists cost_nano_usd bigint,
  add column if not exists usage_estimated boolean not null default false,
  add column if not exists simulated boolean not null default false,
  add column if not exists overhead_ms real;

-- Messages that were there before branches existed become one line each: every one the child of the one before.

update public.session_messages m
set position = ordered.place, parent_id = ordered.parent
from (
  select id,
    row_number() over (order by created_at, id) as place,
    lag(id) over (partition by user_id, session_key order by created_at, id) as parent
  from public.session_messages
) ordered
where m.id = ordered.id and m.position is null;

create sequence if not exists public.session_messages_position_seq owned by public.session_messages.position;
select setval('public.session_messages_position_seq', (select coalesce(max(position), 0) + 1 from public.session_messages), false);
grant usage on sequence public.session_messages_position_seq to helix_gateway;

alter table public.session_messages
  alter column position set default nextval('public.session_messages_position_seq'),
  alter column position set not null;

update public.conversations c
set active_message_id = last.id,
    message_count = last.total,
    last_message_at = coalesce(c.last_message_at, last.created_at)
from (
  select distinct on (user_id, session_key) user_id, session_key, id, created_at,
    count(*) over (partition by user_id, session_key) as total
  from public.session_messages
  order by user_id, session_key, position desc
) last
where c.user_id = last.user_id and c.session_key = last.session_key and c.active_message_id is null;

-- Nobody kept the guide's counter: where there are no messages it is 0, whatever it says.
update public.conversations
set message_count = 0
where message_count <> 0 and active_message_id is null;

update public.conversations
set message_count = coalesce(message_count, 0), created_at = coalesce(created_at, now()), updated_at = coalesce(updated_at, now())
where message_count is null or created_at is null or updated_at is null;
update public.session_messages
set created_at = coalesce(created_at, now()), is_pending = coalesce(is_pending, false)
where created_at is null or is_pending is null;
update public.user_profiles
set trust_level = least(1, greatest(0, coalesce(nullif(trust_level, 'NaN'), 0.5))),
    conversation_count = coalesce(conversation_count, 0),
    messages_today = coalesce(messages_today, 0),
    onboarding_completed = coalesce(onboarding_completed, false),
    created_at = coalesce(created_at, now()),
    updated_at = coalesce(updated_at, now());

alter table public.conversations
  alter column message_count set not null,
  alter column created_at set not null,
  alter column updated_at set not null;
alter table public.session_messages
  alter column created_at set not null,
  alter column is_pending set not null;
alter table public.user_profiles
  add column if not exists messages_day date not null default (now() at time zone 'utc')::date,
  add column if not exists role text not null default 'member',
  add column if not exists status text not null default 'active',
  alter column trust_level set not null,
  alter column conversation_count set not null,
  alter column messages_today set not null,
  alter column onboarding_completed set not null,
  alter column created_at set not null,
  alter column updated_at set not null;

alter table public.session_messages
  add constraint session_messages_conversation_fkey foreign key (user_id, session_key)
    references public.conversations (user_id, session_key) on delete cascade,
  add constraint session_messages_parent_fkey foreign key (parent_id)
    references public.session_messages (id) on delete cascade,
  add constraint session_messages_status_check
    check (status in ('pending', 'streaming', 'complete', 'stopped', 'failed', 'interrupted'));
alter table public.user_profiles
  add constraint user_profiles_trust_level_check check (trust_level between 0 and 1),
  add constraint user_profiles_role_check check (role in ('member', 'creator')),
  add constraint user_profiles_status_check check (status in ('active', 'suspended')),
  add constraint user_profiles_display_name_check check (char_length(display_name) <= 200) not valid,
  add constraint user_profiles_avatar_url_check check (char_length(avatar_url) <= 2000) not valid,
  add constraint user_profiles_onboarding_step_check check (char_length(onboarding_step) <= 100) not valid;
alter table public.conversations
  add constraint conversations_title_check check (char_length(title) <= 500) not valid;

-- A row of people's counts for everyone who already had conversations.

insert into public.user_profiles (user_id)
select distinct user_id from public.conversations
on conflict do nothing;

update public.user_profiles p
set conversation_count = owned.total
from (select user_id, count(*) as total from public.conversations where not deleted group by user_id) owned
where p.user_id = owned.user_id;

-- Indexes: one per question that is asked -------------------------------------------------------------------

drop index if exists public.idx_conversations_user_id;
drop index if exists public.idx_session_messages_user;
drop index if exists public.idx_session_messages_session;
drop index if exists public.idx_session_messages_pending;

create index if not exists idx_conversations_session_key on public.conversations (session_key);
create index if not exists idx_conversations_recent
  on public.conversations (user_id, coalesce(last_message_at, created_at) desc, id desc) where not deleted;
create index if not exists idx_session_messages_conversation
  on public.session_messages (user_id, session_key, position desc);
create index if not exists idx_session_messages_parent on public.session_messages (parent_id);
create unique index if not exists idx_session_messages_client_message_id
  on public.session_messages (user_id, client_message_id) where client_message_id is not null;
create index if not exists idx_session_messages_roots
  on public.session_messages (user_id, session_key, position) where parent_id is null;
create index if not exists idx_session_messages_text
  on public.session_messages using gin (to_tsvector('simple', left(content, 100000))) where content <> '';

-- Who may see and change what -------------------------------------------------------------------------------

alter table public.conversations enable row level security;
alter table public.session_messages enable row level security;
alter table public.user_profiles enable row level security;

drop policy if exists "Users can view own conversations" on public.conversations;
drop policy if exists "Users can view own messages" on public.session_messages;
drop policy if exists "Users can view own profile" on public.user_profiles;

create policy own_select on public.conversations for select to authenticated
  using (user_id = (select auth.uid()));
create policy own_insert on public.conversations for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy own_update on public.conversations for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy own_delete on public.conversations for delete to authenticated
  using (user_id = (select auth.uid()));
create policy gateway on public.conversations for all to helix_gateway using (true) with check (true);

create policy own_select on public.session_messages for select to authenticated
  using (user_id = (select auth.uid()));
create policy own_insert on public.session_messages for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy own_update on public.session_messages for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy own_delete on public.session_messages for delete to authenticated
  using (user_id = (select auth.uid()));
create policy gateway on public.session_messages for all to helix_gateway using (true) with check (true);

create policy own_select on public.user_profiles for select to authenticated
  using (user_id = (select auth.uid()));
create policy own_insert on public.user_profiles for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy own_update on public.user_profiles for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy own_delete on public.user_profiles for delete to authenticated
  using (user_id = (select auth.uid()));
create policy gateway on public.user_profiles for all to helix_gateway using (true) with check (true);

-- The policies say whose row; the grants say which columns. A person writes what is theirs to word (title,
-- name, picture, onboarding); counters, trust, role, status and cost are the gateway's.

revoke all on public.conversations, public.session_messages, public.user_profiles from public, anon, authenticated;
grant select on public.conversations, public.session_messages, public.user_profiles to authenticated;
grant update (title, deleted) on public.conversations to authenticated;
grant update (display_name, avatar_url, onboarding_completed, onboarding_step) on public.user_profiles to authenticated;
grant select, insert, update, delete on public.conversations, public.session_messages, public.user_profiles
  to helix_gateway;
do $$
begin
  if exists (select from pg_roles where rolname = 'service_role') then
    grant select, insert, update, delete on public.conversations, public.session_messages, public.user_profiles
      to service_role;
  end if;
end $$;

-- Timestamps and counters -----------------------------------------------------------------------------------

create or replace function helix.touch() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;

create trigger touch before update on public.conversations for each row
  when (old.title is distinct from new.title or old.deleted is distinct from new.deleted
    or old.active_message_id is distinct from new.active_message_id)
  execute function helix.touch();
create trigger touch before update on public.user_profiles for each row
  when (old.display_name is distinct from new.display_name or old.avatar_url is distinct from new.avatar_url
    or old.onboarding_completed is distinct from new.onboarding_completed
    or old.onboarding_step is distinct from new.onboarding_step
    or old.trust_level is distinct from new.trust_level)
  execute function helix.touch();

-- Counters are kept whoever writes the rows, so these functions run as their owner.

create or replace function helix.count_messages() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.conversations c
  set message_count = c.message_count + added.total, last_message_at = added.latest, updated_at = now()
  from (
    select user_id, session_key, count(*) as total, max(created_at) as latest
    from added_messages group by user_id, session_key
  ) added
  where c.user_id = added.user_id and c.session_key = added.session_key;

  insert into public.user_profiles as p (user_id, messages_today)
  select user_id, count(*) from added_messages where role = 'user' group by user_id
  on conflict (user_id) do update
  set messages_today = excluded.messages_today
        + case when p.messages_day = excluded.messages_day then p.messages_today else 0 end,
      messages_day = excluded.messages_day;
  return null;
end $$;

create trigger count_messages after insert on public.session_messages
  referencing new table as added_messages
  for each statement execute function helix.count_messages();

create or replace function helix.uncount_messages() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.conversations c
  set message_count = c.message_count - gone.total
  from (select user_id, session_key, count(*) as total from gone_messages group by user_id, session_key) gone
  where c.user_id = gone.user_id and c.session_key = gone.session_key;
  return null;
end $$;

create trigger uncount_messages after delete on public.session_messages
  referencing old table as gone_messages
  for each statement execute function helix.uncount_messages();

create or replace function helix.count_conversations() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.user_profiles as p (user_id, conversation_count)
  select user_id, count(*) from changed_conversations where not deleted group by user_id
  on conflict (user_id) do update set conversation_count = p.conversation_count + excluded.conversation_count;
  return null;
end $$;

create or replace function helix.uncount_conversations() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.user_profiles p set conversation_count = p.conversation_count - gone.total
  from (select user_id, count(*) as total from changed_conversations where not deleted group by user_id) gone
  where p.user_id = gone.user_id;
  return null;
end $$;

create or replace function helix.recount_conversation() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.user_profiles set conversation_count = conversation_count + case when new.deleted then -1 else 1 end
  where user_id = new.user_id;
  return null;
end $$;

create trigger count_conversations after insert on public.conversations
  referencing new table as changed_conversations
  for each statement execute function helix.count_conversations();
create trigger uncount_conversations after delete on public.conversations
  referencing old table as changed_conversations
  for each statement execute function helix.uncount_conversations();
create trigger recount_conversation after update of deleted on public.conversations
  for each row when (old.deleted is distinct from new.deleted)
  execute function helix.recount_conversation();

revoke all on function helix.count_messages(), helix.uncount_messages(), helix.count_conversations(),
  helix.uncount_conversations(), helix.recount_conversation(), helix.touch() from public;

-- Realtime, where the publication exists (hosted Supabase brings it; the bootstrap makes it elsewhere) --------

do $$
declare
  wanted text;
begin
  if exists (select from pg_publication where pubname = 'supabase_realtime') then
    foreach wanted in array array['conversations', 'session_messages'] loop
      if not exists (
        select from pg_publication_tables
        where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = wanted
      ) then
        execute format('alter publication supabase_realtime add table public.%I', wanted);
      end if;
    end loop;
  end if;
end $$;
