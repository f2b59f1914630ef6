-- 総合案内: an account that only guides stands as a clerk's here, for the table of roles is
-- older than theirs, and may do less.
alter table staff add column only_guides integer not null default 0
  check (only_guides in (0, 1) and (only_guides = 0 or role = 'clerk'));
