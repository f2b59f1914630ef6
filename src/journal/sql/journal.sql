-- One life of the journal on one disk. A restored copy begins a new log that
-- names the point where it left the old one.
create table log (
  ordinal integer primary key,
  id text not null unique,
  site text not null,
  parent text references log (id),
  parent_seq integer,
  parent_hash blob check (length(parent_hash) = 32),
  opened_at text not null,
  check ((parent is null) = (parent_seq is null)),
  check ((parent is null) = (parent_hash is null))
) strict;

create table journal (
  log text not null references log (id),
  seq integer not null check (seq >= 1),
  -- One act a person confirmed; the same act sent twice is found here.
  op_id text not null unique,
  kind text not null,
  schema_version integer not null check (schema_version >= 1),
  entity_kind text not null,
  entity_id text not null,
  occurred_at text not null,
  boot_id text not null,
  monotonic_ms integer not null check (monotonic_ms >= 0),
  clock_quality text not null check (clock_quality in ('synced', 'unsynced')),
  actor text not null,
  facts text not null check (json_valid(facts)),
  -- The personal part, unreadable once the visit's key is erased.
  sealed blob,
  prev_hash blob not null check (length(prev_hash) = 32),
  hash blob not null unique check (length(hash) = 32),
  primary key (log, seq)
) strict;

create index journal_entity on journal (entity_kind, entity_id);

create trigger journal_is_never_edited before update on journal
begin select raise(abort, 'the journal is append-only'); end;
create trigger journal_is_never_shortened before delete on journal
begin select raise(abort, 'the journal is append-only'); end;
create trigger log_is_never_edited before update on log
begin select raise(abort, 'the journal is append-only'); end;
create trigger log_is_never_removed before delete on log
begin select raise(abort, 'the journal is append-only'); end;

-- Number and hash of a log's newest entry, sealed with the office key: who has
-- the file alone can neither cut the journal short nor write another one.
create table journal_head (
  log text primary key references log (id),
  sealed blob not null
) strict;

-- Each visit's own key, wrapped by the office key. Erasing the wrapped key
-- makes everything sealed with it unreadable. A backup made before still holds
-- it, and must not outlive the same days.
create table visit_key (
  visit text primary key,
  wrapped blob,
  erased_at text,
  check ((wrapped is null) = (erased_at is not null))
) strict;
