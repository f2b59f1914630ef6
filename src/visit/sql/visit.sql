-- One resident's stay (来庁), from the first touch of the kiosk.
create table visit (
  id text primary key,
  day text not null,
  -- The tablet it stands on; null once the resident has left the kiosk.
  kiosk text,
  lang text not null,
  big_type integer not null check (big_type in (0, 1)),
  agreed integer not null default 0 check (agreed in (0, 1)),
  way text check (way in ('card', 'hand')),
  procedures text not null default '[]' check (json_valid(procedures)),
  state text not null check (state in ('draft', 'submitted', 'erased')),
  started_at text not null,
  touched_at text not null,
  submitted_at text,
  check ((state = 'draft') <= (submitted_at is null)),
  check (state <> 'submitted' or submitted_at is not null),
  -- Nobody submits without having seen what the data is used for.
  check (state <> 'submitted' or agreed = 1)
) strict;

-- The next resident can never stand in the last one's visit.
create unique index one_visit_a_kiosk on visit (kiosk) where kiosk is not null;
create index visits_of_a_day on visit (day, state);

-- What is known, one row a value, sealed with the visit's key.
create table answer (
  visit text not null references visit (id),
  path text not null,
  source text not null,
  sealed blob not null,
  primary key (visit, path)
) strict;
