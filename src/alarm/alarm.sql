-- A silent alarm, from the press to its end.
create table alarm (
  id text primary key,
  raised_by text not null,
  counter integer check (counter >= 1),
  raised_at text not null,
  accepted_by text,
  accepted_at text,
  ended_by text,
  ended_at text,
  check ((accepted_by is null) = (accepted_at is null)),
  check ((ended_by is null) = (ended_at is null))
) strict;

-- Pressed again, it is the same alarm.
create unique index one_alarm_of_somebody on alarm (raised_by) where ended_at is null;
