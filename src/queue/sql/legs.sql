-- A number may be drawn without forms; it walks through several lanes.
create table ticket_with_legs (
  id text primary key,
  visit text unique,
  day text not null,
  prefix text not null check (length(prefix) between 1 and 2),
  -- 2 and more only where a range of numbers begins again on one day.
  round integer not null check (round >= 1),
  number integer not null check (number >= 1),
  -- The order of issue over the whole day.
  issued integer not null check (issued >= 1),
  class text not null check (class in ('ordinary', 'priority', 'appointment')),
  slot text,
  arrived_at text not null,
  plan text not null check (json_valid(plan)),
  undo text check (undo is null or json_valid(undo)),
  check (class <> 'appointment' or slot is not null),
  unique (day, prefix, round, number),
  unique (day, issued)
) strict;

insert into ticket_with_legs
select id, visit, day, prefix, 1, number,
  row_number() over (partition by day order by issued_at, id),
  'ordinary', null, issued_at, '[]', null
from ticket;

create table leg (
  ticket text not null references ticket_with_legs (id),
  place integer not null check (place >= 1),
  lane text not null,
  state text not null check (state in ('waiting', 'called', 'serving', 'held', 'preparing',
    'absent', 'done', 'cancelled', 'expired')),
  since text not null,
  counter integer check (counter >= 1),
  staff text,
  calls integer not null check (calls >= 0),
  called_at text,
  returned_at text,
  reason text,
  until text,
  wants integer,
  primary key (ticket, place),
  -- A called ticket always says where to go.
  check (state not in ('called', 'serving') or counter is not null)
) strict;

insert into leg
select id, 1, lane, 'waiting', issued_at, null, null, 0, null, null, null, null, null from ticket;

drop table ticket;
alter table ticket_with_legs rename to ticket;

-- Nobody is called to a counter where somebody else sits.
create unique index one_ticket_at_a_counter on leg (counter) where state in ('called', 'serving');
create unique index one_open_leg_a_ticket on leg (ticket)
where state not in ('done', 'cancelled', 'expired');
create index legs_in_a_lane on leg (lane, state);

-- What was called out, in order: a display says each once.
create table announcement (
  seq integer primary key autoincrement,
  day text not null,
  ticket text not null references ticket (id),
  counter integer not null check (counter >= 1),
  at text not null
) strict;
create index announcements_of_a_day on announcement (day);

-- Who sits at a counter now.
create table duty (
  counter integer primary key check (counter >= 1),
  staff text not null unique,
  since text not null,
  paused text,
  paused_at text,
  -- How many with a credit were called in a row; see order.rs.
  in_a_row integer not null check (in_a_row >= 0),
  check ((paused is null) = (paused_at is null))
) strict;
