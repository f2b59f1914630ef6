-- The hub's tables. Every key is led by the municipality, so that the same tables can be
-- spread over many machines; PostgreSQL itself refuses a unique key without it here.

-- When this database began. Together with what PostgreSQL says of itself it tells one
-- life of the hub from another.
create table hub_born (
  one boolean primary key default true check (one),
  born uuid not null default gen_random_uuid()
);
insert into hub_born default values;

create table municipality (
  municipality text primary key check (municipality ~ '^[0-9]{6}$')
);

-- One life of an office's journal on one disk.
create table log (
  municipality text not null references municipality,
  log uuid not null,
  office text not null,
  parent uuid,
  parent_seq bigint,
  parent_hash bytea check (length(parent_hash) = 32),
  opened_at text not null,
  -- The newest entry of the prefix that is held.
  upto bigint not null default 0 check (upto >= 0),
  upto_hash bytea check (length(upto_hash) = 32),
  -- As far as a backup of this database has it.
  backed_up bigint not null default 0 check (backed_up <= upto),
  heard_at timestamptz not null default now(),
  primary key (municipality, log),
  check ((upto = 0) = (upto_hash is null)),
  check ((parent is null) = (parent_seq is null) and (parent is null) = (parent_hash is null))
) partition by hash (municipality);

-- What an office wrote down, as it wrote it: its hash is worked out from these columns.
create table entry (
  municipality text not null,
  log uuid not null,
  seq bigint not null check (seq >= 1),
  op uuid not null,
  kind text not null,
  schema_version bigint not null check (schema_version >= 1),
  entity_kind text not null,
  entity_id text not null,
  occurred_at text not null,
  boot_id text not null,
  monotonic_ms bigint not null,
  clock_quality text not null,
  actor text not null,
  -- `json`, not `jsonb`: the bytes are hashed.
  facts json not null,
  sealed bytea,
  prev_hash bytea not null check (length(prev_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  received_at timestamptz not null default now(),
  primary key (municipality, log, seq),
  foreign key (municipality, log) references log
) partition by hash (municipality);

-- What an entry did here. The same act may arrive in two logs, after a counter was set
-- back; it takes effect once.
create table act (
  municipality text not null,
  op uuid not null,
  log uuid not null,
  seq bigint not null,
  entity_kind text not null,
  entity_id text not null,
  -- In the order in which they were taken in.
  taken bigint not null,
  -- Why it waits; nothing once it was applied.
  parked text check (parked in ('too_new', 'not_as_expected', 'behind_another')),
  primary key (municipality, op),
  foreign key (municipality, log, seq) references entry
) partition by hash (municipality);

create index act_parked on act (municipality, entity_kind, entity_id, taken)
  where parked is not null;

-- How many acts were taken in: their order, without a sequence that all machines share.
alter table municipality add column taken bigint not null default 0;

-- 申請管理: what residents handed in.
create table application (
  municipality text not null,
  application uuid not null,
  office text not null,
  visit uuid not null,
  procedure text not null,
  form text not null,
  edition text not null,
  receipt text,
  handed_in_at timestamptz not null,
  primary key (municipality, application)
) partition by hash (municipality);

do $$
declare
  one text;
begin
  foreach one in array array['log', 'entry', 'act', 'application'] loop
    for part in 0..15 loop
      execute format(
        'create table %I partition of %I for values with (modulus 16, remainder %s)',
        one || '_' || part, one, part);
    end loop;
  end loop;
end
$$;

create function entries_stay() returns trigger language plpgsql as $$
begin
  raise exception 'what an office wrote down is never edited and never removed';
end
$$;
create trigger entries_stay before update or delete on entry
  for each row execute function entries_stay();
