-- Of a number that was kept over night: the day it was drawn on. `day` is the one it
-- stands on now, `issued` its place among that day's.
alter table ticket add column drawn_on text check (drawn_on is null or drawn_on < day);
-- The days on which it was left open.
create table carried (
  ticket text not null references ticket (id),
  day text not null,
  primary key (ticket, day)
) strict;
create index carried_from_a_day on carried (day);
