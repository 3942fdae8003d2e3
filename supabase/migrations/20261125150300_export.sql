-- What sign-in knows of a person, for their export: nothing that lets anybody in. It runs as its owner, because on
-- hosted Supabase schema auth is not the gateway's to read; where its owner may not look either, the answer is null.

create function helix.export_account(person uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  if not helix.can_read_signins() then
    return null;
  end if;
  return (
    select jsonb_build_object(
      'email', nullif(u.email, ''), 'phone', nullif(u.phone, ''), 'anonymous', u.is_anonymous,
      'createdAt', u.created_at, 'emailConfirmedAt', u.email_confirmed_at, 'lastSignInAt', u.last_sign_in_at,
      'metadata', coalesce(u.raw_user_meta_data, '{}'),
      'identities', coalesce((
        select jsonb_agg(jsonb_build_object(
          'provider', i.provider, 'email', i.email, 'createdAt', i.created_at, 'lastSignInAt', i.last_sign_in_at)
          order by i.created_at, i.id)
        from auth.identities i where i.user_id = u.id), '[]'),
      'sessions', coalesce((
        select jsonb_agg(jsonb_build_object(
          'id', s.id, 'createdAt', s.created_at, 'updatedAt', s.updated_at, 'userAgent', s.user_agent, 'address', s.ip)
          order by s.created_at, s.id)
        from auth.sessions s where s.user_id = u.id), '[]'),
      'factors', coalesce((
        select jsonb_agg(jsonb_build_object(
          'type', f.factor_type, 'name', f.friendly_name, 'status', f.status, 'createdAt', f.created_at)
          order by f.created_at, f.id)
        from auth.mfa_factors f where f.user_id = u.id), '[]'))
    from auth.users u where u.id = person);
end $$;

revoke all on function helix.export_account(uuid) from public;
grant execute on function helix.export_account(uuid) to helix_gateway;
