-- helix: no transaction
-- What each feature cost lately is looked at every minute, whoever it was for.
drop index concurrently if exists public.usage_ledger_at;
create index concurrently if not exists usage_ledger_at
  on public.usage_ledger (at) include (purpose, cost_nano_usd, simulated);
