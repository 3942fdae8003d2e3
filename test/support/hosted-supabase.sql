-- What a hosted Supabase project has before anything of ours is there, as far as Helix can tell the difference
-- (supabase/postgres and the migrations of supabase/auth). Run by a superuser in the new database.

do $$
declare
  wanted text;
begin
  foreach wanted in array array[
    'anon nologin noinherit', 'authenticated nologin noinherit', 'service_role nologin noinherit bypassrls',
    'supabase_admin nologin', 'supabase_auth_admin login noinherit createrole',
    'hosted_postgres login createrole createdb bypassrls'
  ] loop
    begin
      execute 'create role ' || wanted;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
end $$;

grant anon, authenticated, service_role to hosted_postgres with admin option;

-- Schema auth is Supabase's. Its tables are made by the sign-in service, which owns them.

create schema auth authorization supabase_admin;
grant usage, create on schema auth to supabase_auth_admin;
grant usage on schema auth to hosted_postgres, anon, authenticated, service_role;
grant create on database :database to supabase_auth_admin;

create publication supabase_realtime;
alter publication supabase_realtime owner to hosted_postgres;
