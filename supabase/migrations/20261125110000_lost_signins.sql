-- Who may no longer sign in, as the gateway asks it: of people it remembers, and of sessions whose tokens still live.

-- Whether anybody who signs in may be looked at; without it, bans and sign-outs at Supabase go unnoticed here.

create function helix.can_read_signins() returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return has_table_privilege('auth.users', 'select') and has_table_privilege('auth.sessions', 'select')
    and not row_security_active('auth.users') and not row_security_active('auth.sessions');
exception when insufficient_privilege or undefined_table or invalid_schema_name then
  return false;
end $$;

-- What is no longer good of these people and sessions: `gone` and `ended` hold for ever, `banned` until a moment.
-- It runs as its owner, because on hosted Supabase the gateway's role sees nothing of schema auth. Where
-- its owner may not look either, nothing is lost.

create function helix.lost_signins(people uuid[], sessions uuid[])
returns table (kind text, id uuid, until timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  if not helix.can_read_signins() then
    return;
  end if;
  return query
    select case when u.id is null or u.deleted_at is not null then 'gone' else 'banned' end, p.id,
      case when u.deleted_at is null then u.banned_until end
    from unnest(people) as p (id) left join auth.users u on u.id = p.id
    where u.id is null or u.deleted_at is not null or u.banned_until > now();
  return query
    select 'ended', s.id, null::timestamptz
    from unnest(sessions) as s (id)
    where not exists (select from auth.sessions a where a.id = s.id and (a.not_after is null or a.not_after > now()));
end $$;

revoke all on function helix.lost_signins(uuid[], uuid[]), helix.can_read_signins()
  from public;
grant execute on function helix.lost_signins(uuid[], uuid[]), helix.can_read_signins() to helix_gateway;
