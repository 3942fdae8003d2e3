-- What hosted Supabase brings of its own, where Helix runs on another database (embedded and postgres modes): a
-- bootstrap, never a recorded migration, that may run again at any time. The login needs CREATEROLE, nothing
-- more; no role here is a superuser or passes by row-level security.

do $$
declare
  wanted text;
  entering text := case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end;
begin
  foreach wanted in array array['anon', 'authenticated', 'service_role', 'helix_gateway'] loop
    -- Roles belong to the whole server: another database of it may be set up at the same moment.
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin noinherit', wanted);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
    if not pg_has_role(current_user, wanted, entering) then
      begin
        execute format('grant %I to %I', wanted, current_user);
      exception
        when unique_violation then
          null;
        when insufficient_privilege then
          raise insufficient_privilege using
            message = format('The login %I may not enter the role %I, which another login made', current_user, wanted),
            hint = format('As an administrator of the server, run: grant %I to %I', wanted, current_user);
      end;
    end if;
  end loop;
end $$;

grant usage on schema public to anon, authenticated, service_role, helix_gateway;

do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
end $$;
