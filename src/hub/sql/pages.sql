-- What the pages show. All of it is worked out of `entry` and can be made again from it:
-- a version that makes more of the entries does so when it starts.

-- Which edition of that work the rows are of.
alter table municipality add column understood smallint not null default 0;

alter table application
  add column state text not null default 'submitted'
    check (state in ('submitted', 'accepted', 'sent_back')),
  add column printed integer not null default 0 check (printed >= 0),
  add column changed_at timestamptz;
create index application_by_day on application (municipality, handed_in_at desc);

-- What happened to one thing, in order.
create index act_of_entity on act (municipality, entity_kind, entity_id, taken);

-- Where each number stands.
create table ticket (
  municipality text not null,
  ticket uuid not null,
  office text not null,
  day date not null,
  number text not null,
  lane text not null,
  state text not null,
  arrived timestamptz not null,
  counter integer,
  -- What the entries about it say, in order: the rules of the queue make it of these.
  told json not null,
  primary key (municipality, ticket)
) partition by hash (municipality);
create index ticket_by_day on ticket (municipality, day, office);

-- Counters where somebody sits.
create table counter (
  municipality text not null,
  office text not null,
  counter integer not null,
  state text not null check (state in ('open', 'paused')),
  since timestamptz not null,
  primary key (municipality, office, counter)
) partition by hash (municipality);

create table payment (
  municipality text not null,
  payment uuid not null,
  office text not null,
  -- The business day it was begun on.
  day date not null,
  amount bigint not null check (amount >= 0),
  tender text not null,
  counter integer not null,
  state text not null
    check (state in ('started', 'authorised', 'declined', 'unknown', 'voided', 'refunded')),
  begun_at timestamptz not null,
  primary key (municipality, payment)
) partition by hash (municipality);
create index payment_by_day on payment (municipality, day, office);

-- Both sides of what moved: the sum over every account is nothing.
create table posting (
  municipality text not null,
  entry uuid not null,
  nth smallint not null,
  office text not null,
  day date not null,
  kind text not null,
  account text not null,
  -- In yen: what comes to the account is above nothing.
  amount bigint not null check (amount <> 0),
  primary key (municipality, entry, nth)
) partition by hash (municipality);
create index posting_by_day on posting (municipality, day, office);

-- Days that an office closed, with the totals it wrote down itself.
create table closing (
  municipality text not null,
  office text not null,
  day date not null,
  closed_at timestamptz not null,
  accounts json not null,
  -- Where the journal stood: number and hash of the entry that closed the day.
  log uuid not null,
  seq bigint not null,
  hash bytea not null check (length(hash) = 32),
  primary key (municipality, office, day)
) partition by hash (municipality);

create table device (
  municipality text not null,
  device uuid not null,
  office text not null,
  name text not null,
  role text not null,
  paired_at timestamptz not null,
  revoked_at timestamptz,
  -- When somebody last did something at it.
  acted_at timestamptz not null,
  primary key (municipality, device)
) partition by hash (municipality);

-- What a counter found out about its line: it, or the hub, was set back.
create table incident (
  municipality text not null,
  op uuid not null,
  office text not null,
  what text not null,
  at timestamptz not null,
  primary key (municipality, op)
) partition by hash (municipality);

do $$
declare
  one text;
begin
  foreach one in array
    array['ticket', 'counter', 'payment', 'posting', 'closing', 'device', 'incident'] loop
    for part in 0..15 loop
      execute format(
        'create table %I partition of %I for values with (modulus 16, remainder %s)',
        one || '_' || part, one, part);
    end loop;
  end loop;
end
$$;
