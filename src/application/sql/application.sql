-- One form of one visit (申請). What was answered belongs to the visit, so that
-- a value two forms share is corrected once.
create table application (
  id text primary key,
  visit text not null,
  ordinal integer not null check (ordinal >= 1),
  procedure text not null,
  form text not null,
  edition text not null,
  receipt text not null unique,
  state text not null check (state in ('submitted', 'accepted', 'sent_back')),
  -- Why it was sent back, in the clerk's words; sealed with the visit's key.
  reason blob,
  printed integer not null default 0 check (printed >= 0),
  -- Something on it was corrected after it was printed last.
  outdated integer not null default 0 check (outdated in (0, 1)),
  unique (visit, ordinal),
  check ((state = 'sent_back') = (reason is not null)),
  check (outdated = 0 or printed > 0)
) strict;

-- What nobody has decided stays on the desk's list, whatever its day.
create index application_undecided on application (visit) where state <> 'accepted';
