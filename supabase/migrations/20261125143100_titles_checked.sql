-- The rows that are there are looked at while others go on working.

alter table public.generations validate constraint generations_purpose_check;
