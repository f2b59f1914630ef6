-- What the hub said of each log when it was last heard. All of it may be old: it only
-- saves asking.
create table forwarded (
  log text primary key,
  acked integer not null check (acked >= 0),
  acked_hash blob not null check (length(acked_hash) = 32),
  hub blob check (length(hub) = 16),
  backed_up integer not null check (backed_up >= 0)
) strict;

-- Logs that travel beside the journal's own.
create table side_log (
  ordinal integer primary key,
  id text not null unique,
  -- 'kept': the hub's version of a log that could not be gone on with, so that the hub
  -- can be given it back. 'copy': acts that the hub lacks of such a log, under the
  -- identities they have in the journal.
  part text not null check (part in ('kept', 'copy')),
  -- Whether all of the hub's version was fetched.
  complete integer not null check (complete in (0, 1)),
  site text not null,
  parent text,
  parent_seq integer,
  parent_hash blob check (length(parent_hash) = 32),
  opened_at text not null,
  check (part = 'kept' or complete = 1),
  check ((parent is null) = (parent_seq is null)),
  check ((parent is null) = (parent_hash is null))
) strict;

create table side_entry (
  log text not null references side_log (id),
  seq integer not null check (seq >= 1),
  op_id text not null,
  kind text not null,
  schema_version integer not null,
  entity_kind text not null,
  entity_id text not null,
  occurred_at text not null,
  boot_id text not null,
  monotonic_ms integer not null,
  clock_quality text not null,
  actor text not null,
  facts text not null,
  sealed blob,
  prev_hash blob not null check (length(prev_hash) = 32),
  hash blob not null check (length(hash) = 32),
  primary key (log, seq)
) strict;

create index side_entry_op on side_entry (op_id);
