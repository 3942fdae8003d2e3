-- Who has a second factor, and so must have proved it in the session they come with. It runs as its owner, because on
-- hosted Supabase the gateway's role sees nothing of schema auth; where its owner may not look either, nobody has.

create function helix.with_second_factor(people uuid[]) returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  if row_security_active('auth.mfa_factors') then
    return;
  end if;
  return query
    select distinct f.user_id from auth.mfa_factors f where f.user_id = any(people) and f.status = 'verified';
exception when insufficient_privilege or undefined_table or invalid_schema_name then
  return;
end $$;

revoke all on function helix.with_second_factor(uuid[]) from public;
grant execute on function helix.with_second_factor(uuid[]) to helix_gateway;
