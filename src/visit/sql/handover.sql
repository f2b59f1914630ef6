-- What whoever handed a ticket over left for the next clerk, sealed with the visit's
-- key. Place and moment name the leg.
create table handover (
  ticket text not null references ticket (id),
  place integer not null check (place >= 2),
  at text not null,
  visit text not null references visit (id),
  sealed blob not null,
  primary key (ticket, place, at)
) strict;
create index handovers_of_a_visit on handover (visit);
