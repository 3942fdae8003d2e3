-- What a person says of themselves. It is written in their own role, so that the column grants decide what that is.

create function helix.change_profile(person uuid, changes jsonb) returns boolean
language plpgsql set search_path = '' as $$
begin
  perform helix.enter(person);
  update public.user_profiles p
  set display_name = case when changes ? 'displayName' then changes ->> 'displayName' else p.display_name end,
    avatar_url = case when changes ? 'avatarUrl' then changes ->> 'avatarUrl' else p.avatar_url end,
    onboarding_completed = coalesce((changes #>> '{onboarding,completed}')::boolean, p.onboarding_completed),
    onboarding_step = case
      when changes -> 'onboarding' ? 'step' then changes #>> '{onboarding,step}'
      else p.onboarding_step end
  where p.user_id = person;
  return found;
end $$;

revoke all on function helix.change_profile(uuid, jsonb) from public;
grant execute on function helix.change_profile(uuid, jsonb) to helix_gateway;
