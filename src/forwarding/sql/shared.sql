-- Entries of the hub's version up to this one are the journal's own: both have them, and
-- they are not fetched. What is fetched comes after it.
alter table side_log add column shared integer not null default 0 check (shared >= 0);
