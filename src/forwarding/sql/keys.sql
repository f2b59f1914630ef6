-- What the hub was told of visits' keys, where the town wants it to have them.

-- Whose answer was heard last, and what keys are sealed with for it.
create table key_hub (
  one integer primary key check (one = 1),
  hub blob not null,
  to_key blob check (length(to_key) = 65)
) strict;

create table key_told (
  visit text primary key,
  -- 'nothing': it was told, and that hub is gone; 'key'; 'erased': the end.
  told text not null check (told in ('nothing', 'key', 'erased'))
) strict;
create index key_told_open on key_told (visit) where told <> 'erased';

-- Those that are not erased are few.
create index visit_key_open on visit_key (visit) where wrapped is not null;
