-- Where new tables are granted to the service key by default (hosted projects made before 2026-05-30), it could write
-- what only the gateway may: replies, costs, limits, tokens. It reads what is meant to be read, and no more.

do $$
declare
  name text;
begin
  if not exists (select from pg_roles where rolname = 'service_role') then
    return;
  end if;
  foreach name in array array['generations', 'generation_events', 'conversation_summaries', 'usage_ledger', 'budgets',
    'turn_allowances', 'user_events'] loop
    execute format('revoke all on public.%I from service_role', name);
    execute format('grant select on public.%I to service_role', name);
  end loop;
  foreach name in array array['access_tokens', 'rate_limits', 'audit_checkpoints', 'discord_outbox'] loop
    execute format('revoke all on public.%I from service_role', name);
  end loop;
end $$;
