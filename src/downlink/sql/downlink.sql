-- What the hub sent down, as it was signed. Stored first, acted on second.
create table notice (
  ordinal integer primary key,
  series text not null,
  number integer not null check (number >= 1),
  hash blob not null check (length(hash) = 32),
  kind text not null,
  text text not null,
  signature blob not null,
  -- From when on it is to be done: when it was sent, or the time it names.
  due_at text not null,
  received_at text not null,
  state text not null check (state in ('waiting', 'applied', 'refused')),
  -- Why it was refused: a code, and then what is wrong, a line each.
  reason text,
  settled_at text,
  unique (series, number),
  check ((state = 'refused') = (reason is not null)),
  check ((state = 'waiting') = (settled_at is null))
) strict;

create index notice_waiting on notice (due_at) where state = 'waiting';

create trigger notices_stay before delete on notice begin
  select raise(abort, 'what the hub sent down is never removed');
end;
create trigger notices_are_settled_once before update on notice
when old.state <> 'waiting' or new.text <> old.text or new.hash <> old.hash
  or new.series <> old.series or new.number <> old.number begin
  select raise(abort, 'what the hub sent down is settled once and never edited');
end;

-- What arrived last and was not taken, until something is.
create table notice_not_taken (
  one integer primary key check (one = 1),
  why text not null,
  hash blob not null check (length(hash) = 32),
  at text not null
) strict;
