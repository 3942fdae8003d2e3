-- The gateway's own role: less than the owner, more than a person. Row-level security binds it like anyone
-- else, so each table names it in a policy of its own; no BYPASSRLS and no superuser is needed anywhere.

create schema if not exists helix;

do $$
begin
  if not exists (select from pg_roles where rolname = 'helix_gateway') then
    create role helix_gateway nologin;
  end if;
  -- Since PostgreSQL 16 a role's maker is its member, yet may not enter it unless told so.
  if not pg_has_role(current_user, 'helix_gateway',
    case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
  then
    execute format('grant helix_gateway to %I', current_user);
  end if;
end $$;

grant usage on schema public, helix to helix_gateway;
grant usage on schema public to authenticated;
