-- Titles that the small model words, in the background, once a conversation has two turns.

alter table public.generations drop constraint generations_purpose_check;
alter table public.generations add constraint generations_purpose_check
  check (purpose in ('reply', 'summary', 'title')) not valid;

-- Opens the generation of a title, from the line up to `upto`; null unless the title is still the first words of the first
-- message. From then on it is asked for, so that nobody asks again whatever becomes of it.

create function helix.open_title(
  generation uuid, person uuid, key text, upto uuid, with_model text, is_simulated boolean, maker text, secret bytea,
  head text
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  intent bigint;
begin
  update public.conversations set title_by = 'asked'
  where user_id = person and session_key = key and title_by = 'words' and not deleted;
  if not found then
    return null;
  end if;
  insert into public.generations (id, user_id, session_key, purpose, user_message_id, model, simulated, instance,
    content_key)
  values (generation, person, key, 'title', upto, with_model, is_simulated, maker, secret);
  intent := helix.append_audit(array[head]);
  update public.generations set intent_seq = intent where id = generation;
  return jsonb_build_object('intentSeq', intent, 'history', helix.turn_history(person, key, upto));
end $$;

-- Gives a conversation the title that its generation came to, unless the person has worded one meanwhile. Comes before the
-- generation is closed: a crash between the two costs an estimate, not the title.

create function helix.set_title(generation uuid, token bigint, words text) returns void
language sql set search_path = '' as $$
  update public.conversations c set title = words, title_by = 'model'
  from public.generations g
  where g.id = generation and g.lease_token = token and g.finished_at is null and g.purpose = 'title'
    and c.user_id = g.user_id and c.session_key = g.session_key and c.title_by = 'asked' and not c.deleted
$$;

revoke all on function
  helix.open_title(uuid, uuid, text, uuid, text, boolean, text, bytea, text), helix.set_title(uuid, bigint, text)
  from public;
grant execute on function
  helix.open_title(uuid, uuid, text, uuid, text, boolean, text, bytea, text), helix.set_title(uuid, bigint, text)
  to helix_gateway;
