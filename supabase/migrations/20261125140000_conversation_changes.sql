-- What a person may change about a conversation: its title, which branch is shown, and whether it is there at all.

-- Who worded the title: the first words of the first message, the small model (`asked` from the moment it is asked, so
-- that it is asked once), or the person, whose title stays. Titles that were there before may be a person's.
alter table public.conversations add column title_by text not null default 'person'
  check (title_by in ('words', 'asked', 'model', 'person'));
alter table public.conversations alter column title_by set default 'words';
update public.conversations set title_by = 'words' where title is null;

create function helix.note_own_title() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.title_by := 'person';
  return new;
end $$;

-- Whoever words the title for the person says so in the same statement; everyone else is the person.
create trigger note_own_title before update on public.conversations for each row
  when (old.title is distinct from new.title and old.title_by = new.title_by)
  execute function helix.note_own_title();

create function helix.refuse_undelete() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'A deleted conversation stays deleted' using errcode = 'HX003';
end $$;

create trigger refuse_undelete before update on public.conversations for each row
  when (old.deleted and not new.deleted)
  execute function helix.refuse_undelete();

-- Gives a conversation another title, another branch, or both; null leaves as it is. A branch is named by any of its
-- messages and shown to the line's end that was written last below it. Answers changed, conversation_not_found or
-- message_not_found.

create function helix.change_conversation(person uuid, key text, new_title text, chosen uuid) returns text
language plpgsql set search_path = '' as $$
declare
  leaf uuid;
begin
  select active_message_id into leaf from public.conversations
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
  return 'changed';
end $$;

-- Deletes a conversation for its person and asks its open generations to end; answers their ids, null when there is no
-- such conversation. Whoever locks a conversation, its generations and its person does so in this order.

create function helix.delete_conversation(person uuid, key text) returns uuid[]
language plpgsql set search_path = '' as $$
declare
  stopped uuid[];
begin
  perform 1 from public.conversations
  where user_id = person and session_key = key and not deleted for no key update;
  if not found then
    return null;
  end if;
  with open as (
    select g.id from public.generations g
    where g.user_id = person and g.session_key = key and g.finished_at is null
    order by g.id for update
  ), asked as (
    update public.generations g set stop_requested_at = coalesce(g.stop_requested_at, now())
    from open where g.id = open.id returning g.id
  )
  select coalesce(array_agg(asked.id), '{}') into stopped from asked;
  update public.conversations set deleted = true where user_id = person and session_key = key;
  return stopped;
end $$;

revoke all on function helix.note_own_title(), helix.refuse_undelete(),
  helix.change_conversation(uuid, text, text, uuid), helix.delete_conversation(uuid, text) from public;
grant execute on function helix.change_conversation(uuid, text, text, uuid), helix.delete_conversation(uuid, text)
  to helix_gateway;
