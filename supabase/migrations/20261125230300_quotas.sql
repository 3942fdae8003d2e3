-- What replies to one person may cost a day where it is not the usual budget.

alter table public.user_profiles add column daily_quota_nano_usd bigint check (daily_quota_nano_usd >= 0);

-- A person's own quota stands in place of the usual budget, from the next turn on. A turn that costs nothing is held to
-- none, and one whose price nobody knows to none that there is.

alter function helix.open_turns(jsonb) rename to open_budgeted_turns;

create function helix.open_turns(turns jsonb) returns jsonb
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
declare
  quotas jsonb;
begin
  select jsonb_object_agg(p.user_id, p.daily_quota_nano_usd) into quotas
  from public.user_profiles p
  where p.user_id = any (array(select (t.turn ->> 'userId')::uuid from jsonb_array_elements(turns) as t (turn)))
    and p.daily_quota_nano_usd is not null;
  if quotas is not null then
    select jsonb_agg(
      case when quotas ? (t.turn ->> 'userId') and t.turn -> 'replyCost' is distinct from '0' then
        t.turn || jsonb_build_object('dayLimit', quotas -> (t.turn ->> 'userId'),
          'replyCost', coalesce((t.turn ->> 'replyCost')::bigint, 1000000000000000))
      else t.turn end
      order by t.place) into turns
    from jsonb_array_elements(turns) with ordinality as t (turn, place);
  end if;
  return helix.open_budgeted_turns(turns);
end $$;

revoke all on function helix.open_turns(jsonb) from public;
grant execute on function helix.open_turns(jsonb) to helix_gateway;

-- Everyone who can sign in, as far as that may be read, for who administers them. It runs as its owner, because on
-- hosted Supabase schema auth is not the gateway's to read.

create function helix.signins(wanted uuid[] default null)
returns table (
  user_id uuid, email text, anonymous boolean, confirmed boolean, invited_at timestamptz, created_at timestamptz,
  last_sign_in_at timestamptz, banned boolean
)
language plpgsql stable security definer set search_path = '' as $$
begin
  if helix.can_read_signins() then
    return query
      select u.id, nullif(u.email, '')::text, u.is_anonymous, u.email_confirmed_at is not null, u.invited_at,
        u.created_at, u.last_sign_in_at, coalesce(u.banned_until > now(), false)
      from auth.users u
      where u.deleted_at is null and (wanted is null or u.id = any (wanted));
  else
    return query
      select p.user_id, null::text, false, true, null::timestamptz, p.created_at, null::timestamptz, false
      from public.user_profiles p where wanted is null or p.user_id = any (wanted);
  end if;
end $$;

revoke all on function helix.signins(uuid[]) from public;
grant execute on function helix.signins(uuid[]) to helix_gateway;
