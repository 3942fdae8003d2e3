-- Full-text search over a person's own messages.
--
-- Every word goes into the index under its person: a search then reads what that person wrote and nothing else, however
-- much others write and however common the word, and the beginning of a word finds only the person's own words. (An index
-- of plain words would find everybody's first; and row-level security keeps the planner from using one at all.) Words lose
-- their places, so phrases and exclusions are judged again on what was found. Of a long message the first 50,000 characters
-- are searched: with the person added to each word, more could outgrow what PostgreSQL takes.

create function helix.search_terms(person uuid, content text) returns tsvector
language sql immutable parallel safe set search_path = '' as $$
  select array_to_tsvector(array(
    select left(person::text, 8) || word
    from unnest(tsvector_to_array(to_tsvector('simple', left(content, 50000)))) as word
    where octet_length(word) < 2000
  ))
$$;

-- What websearch syntax asks for; null when it names nothing to look for, or is nothing that PostgreSQL can read (it takes
-- no more than some 30 exclusions of each other). With `beginning` the last word stands for every word that begins so.

create function helix.search_query(q text, beginning boolean) returns tsquery
language plpgsql immutable set search_path = '' as $$
declare
  words tsquery;
begin
  words := websearch_to_tsquery('simple', q);
  if beginning and words::text ~ '''$' and words::text !~ '!''[^'']*''$' then
    words := (words::text || ':*')::tsquery;
  end if;
  return case when querytree(words) in ('', 'T') then null else words end;
exception when internal_error or program_limit_exceeded or syntax_error then
  return null;
end $$;

-- The part of a query that the index can answer, in one person's words: every word that must or may be there.

create function helix.search_key(person uuid, words tsquery) returns tsquery
language sql immutable set search_path = '' as $$
  select regexp_replace(
    regexp_replace(querytree(words), '''((?:[^'']|'''')*)''', '''' || left(person::text, 8) || '\1''', 'g'),
    ' <(?:-|\d+)> ', ' & ', 'g')::tsquery
$$;

-- One page of what a person finds, newest first, before the message `before_id`: {results, before}. Null when that message
-- is none of theirs. Phrases and exclusions are judged on at most `reach` messages a page, so that a page may hold fewer
-- results, or none, and yet lead on. The rows themselves are read in the person's role.

create function helix.search_messages(
  person uuid, q text, beginning boolean, before_id uuid, most integer, reach integer
) returns jsonb
language plpgsql set search_path = '' set plan_cache_mode = force_custom_plan set enable_seqscan = off set jit = off as $$
declare
  words tsquery := helix.search_query(q, beginning);
  key tsquery := helix.search_key(person, words);
  exact boolean := words::text ~ '[<!]';
  below bigint;
  hits uuid[];
  seen integer;
  last uuid;
  results jsonb;
begin
  if before_id is not null then
    select m.position into below from public.session_messages m where m.id = before_id and m.user_id = person;
    if not found then
      return null;
    end if;
  end if;
  if words is null then
    return '{"results": [], "before": null}';
  end if;

  with named as materialized (
    select m.id, m.user_id, m.session_key, m.position from public.session_messages m
    where m.content <> '' and helix.search_terms(m.user_id, m.content) @@ key
  ), scanned as (
    select n.id, n.position from named n
    join public.conversations c on c.user_id = n.user_id and c.session_key = n.session_key and not c.deleted
    where n.user_id = person and (below is null or n.position < below)
    order by n.position desc limit case when exact then reach else most + 1 end
  ), judged as (
    select s.id, s.position, not exact or (
      select to_tsvector('simple', left(m.content, 50000)) @@ words from public.session_messages m where m.id = s.id
    ) as hit
    from scanned s
  )
  select coalesce(array_agg(id order by position desc) filter (where hit), '{}'), count(*),
    (array_agg(id order by position))[1]
  into hits, seen, last
  from judged;

  perform helix.enter(person);
  select coalesce(jsonb_agg(jsonb_build_object(
    'line', to_jsonb(m),
    'siblings', case
      when m.parent_id is null then array(
        select s.id from public.session_messages s
        where s.user_id = person and s.session_key = m.session_key and s.parent_id is null order by s.position)
      else array(select s.id from public.session_messages s where s.parent_id = m.parent_id order by s.position)
    end,
    'conversation', to_jsonb(c),
    'snippet', ts_headline('simple', translate(left(m.content, 50000), U&'\E000\E001', ''), words,
      U&'StartSel="\E000", StopSel="\E001", MaxWords=35, MinWords=20, ShortWord=0')
  ) order by m.position desc), '[]') into results
  from public.session_messages m
  join public.conversations c on c.user_id = m.user_id and c.session_key = m.session_key
  where m.id = any(hits[1:most]);
  return jsonb_build_object('results', results, 'before', case
    when cardinality(hits) > most then hits[most]
    when exact and seen = reach then last
  end);
end $$;

revoke all on function helix.search_terms(uuid, text), helix.search_query(text, boolean),
  helix.search_key(uuid, tsquery), helix.search_messages(uuid, text, boolean, uuid, integer, integer) from public;
grant execute on function helix.search_terms(uuid, text), helix.search_query(text, boolean),
  helix.search_key(uuid, tsquery), helix.search_messages(uuid, text, boolean, uuid, integer, integer)
  to helix_gateway;
do $$
begin
  -- Whoever writes a message feeds the index.
  if exists (select from pg_roles where rolname = 'service_role') then
    grant execute on function helix.search_terms(uuid, text) to service_role;
  end if;
end $$;
