-- Booked, or moved last, by the page for home: of these a slot takes no more than the
-- town has written.
alter table appointment add column from_home integer not null default 0
  check (from_home in (0, 1));
