-- When a number was typed in whose sheet had been printed beforehand; it waits as of
-- arrived_at. The machine's own numbers have none.
alter table ticket add column typed_at text check (typed_at is null or typed_at >= arrived_at);
