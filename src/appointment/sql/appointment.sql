-- A seat kept for somebody (予約).
create table appointment (
  id text primary key,
  -- What the resident holds in hand; nine digits, the last a check digit.
  number text not null unique check (length(number) = 9 and number not glob '*[^0-9]*'),
  service text not null,
  day text not null,
  begins text not null,
  ends text not null,
  state text not null
    check (state in ('held', 'booked', 'arrived', 'missed', 'cancelled', 'lapsed')),
  since text not null,
  -- For what is only held: until when.
  until text,
  -- One seat of each pool, as in the journal.
  seats text not null check (json_valid(seats)),
  -- The visit it announces: name and telephone number are sealed with its key.
  visit text not null unique,
  told blob,
  ticket text unique,
  version integer not null check (version >= 1),
  check (ends > begins and substr(begins, 1, 10) = day),
  check ((state = 'held') = (until is not null)),
  check (ticket is null or state = 'arrived')
) strict;
create index appointments_of_a_day on appointment (day, begins);

-- Who sits where, one row for each five minutes: two appointments can never have
-- the same seat, whatever the lengths of their slots, and no seat is above what the
-- town has written.
create table appointment_seat (
  pool text not null,
  step text not null,
  seat integer not null check (seat between 1 and seats),
  seats integer not null,
  appointment text not null references appointment (id),
  primary key (pool, step, seat)
) strict, without rowid;
create index seats_of_an_appointment on appointment_seat (appointment);
