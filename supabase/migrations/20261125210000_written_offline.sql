-- A message may say when it was written, where that was before it could be sent: `synced_at` is then when it reached
-- the gateway, and `metadata.writtenAt` when it was written, by the clock of its device. Messages sent at once have
-- neither; until now all were given a `synced_at`, equal to their `created_at`.

update public.session_messages set synced_at = null
where role = 'user' and generation_id is not null and synced_at = created_at;

create or replace function helix.write_turns(
  turns jsonb, ids uuid[], parents uuid[], questions uuid[], fresh boolean[], heads text[]
) returns bigint
language plpgsql set search_path = '' as $$
declare
  first_intent bigint;
begin
  with turn as (
    select t.*, o.parent, o.question, o.fresh, o.place
    from unnest(ids, parents, questions, fresh) with ordinality as o (id, parent, question, fresh, place)
    join jsonb_to_recordset(turns) as t (
      "generationId" uuid, kind text, "userId" uuid, "sessionKey" text, title text, "messageId" uuid,
      "clientMessageId" text, "requestHash" text, content text, model text, simulated boolean, instance text,
      "contentKey" text, "at" timestamptz, "writtenAt" text) on t."generationId" = o.id
  ), made as (
    insert into public.conversations (user_id, session_key, title, active_message_id, created_at, updated_at)
    select "userId", "sessionKey", title, "messageId", "at", "at" from turn where turn.fresh
  ), continued as (
    update public.conversations c set active_message_id = turn."messageId" from turn
    where not turn.fresh and c.user_id = turn."userId" and c.session_key = turn."sessionKey"
  ), generation as (
    insert into public.generations (id, user_id, session_key, user_message_id, message_id, client_message_id,
      request_hash, model, simulated, instance, content_key, created_at)
    select "generationId", "userId", "sessionKey", question, "messageId", "clientMessageId", "requestHash", model,
      simulated, instance, decode("contentKey", 'hex'), "at"
    from turn
  )
  insert into public.session_messages (id, user_id, session_key, role, content, status, parent_id, generation_id,
    client_message_id, model, simulated, created_at, synced_at, metadata)
  select line.id, "userId", "sessionKey", line.role, line.content, line.status, line.parent, "generationId",
    line.client, line.model, line.simulated, "at",
    case when line.rank = 1 and "writtenAt" is not null then "at" end,
    case when line.rank = 1 and "writtenAt" is not null then jsonb_build_object('writtenAt', "writtenAt") end
  from turn, lateral (values
    (1, question, 'user', turn.content, 'complete', turn.parent, turn."clientMessageId", null, false),
    (2, turn."messageId", 'assistant', '', 'pending', question,
      case when turn.kind = 'regenerate' then turn."clientMessageId" end, turn.model, turn.simulated)
  ) as line (rank, id, role, content, status, parent, client, model, simulated)
  where line.rank = 2 or turn.kind <> 'regenerate'
  order by turn.place, line.rank;

  first_intent := helix.append_audit(heads);
  update public.generations g set intent_seq = first_intent + o.place - 1
  from unnest(ids) with ordinality as o (id, place) where g.id = o.id;
  return first_intent;
end $$;
