-- A number on paper (番号札). The number is unique within its day and prefix.
create table ticket (
  id text primary key,
  visit text not null unique,
  day text not null,
  prefix text not null check (length(prefix) between 1 and 2),
  number integer not null check (number >= 1),
  lane text not null,
  issued_at text not null,
  unique (day, prefix, number)
) strict;
