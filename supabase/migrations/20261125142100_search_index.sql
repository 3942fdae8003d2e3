-- helix: no transaction
-- A search looks words up under their person; nothing reads the index of plain words any more.
-- What a build that was cut off left behind is no index.
drop index concurrently if exists public.idx_session_messages_terms;
create index concurrently if not exists idx_session_messages_terms
  on public.session_messages using gin (helix.search_terms(user_id, content)) where content <> '';
drop index concurrently if exists public.idx_session_messages_text;
