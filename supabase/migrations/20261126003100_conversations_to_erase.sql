-- helix: no transaction
-- Of all conversations, those whose rows are still to be erased.
-- What a build that was cut off left behind is no index.
drop index concurrently if exists public.conversations_to_erase;
create index concurrently conversations_to_erase on public.conversations (updated_at) where deleted and not erased;
