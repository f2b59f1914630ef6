-- What is sent down to offices: numbered for each office without gaps, as it was signed.

-- One numbering. Another begins with every life of this database, so that no number ever
-- stands for two things.
create table notice_series (
  municipality text not null,
  office text not null,
  series uuid not null,
  -- The life of the database that it was begun in.
  hub bytea not null check (length(hub) = 16),
  primary key (municipality, office, series)
) partition by hash (municipality);

create table notice (
  municipality text not null,
  office text not null,
  series uuid not null,
  number bigint not null check (number >= 1),
  hash bytea not null check (length(hash) = 32),
  -- One press, to however many offices.
  op uuid not null,
  kind text not null,
  activate_at timestamptz,
  sent_at timestamptz not null,
  -- Who sent it; of the console, nothing.
  person text not null,
  text text not null,
  signature bytea not null,
  primary key (municipality, office, series, number),
  unique (municipality, office, op),
  foreign key (municipality, office, series) references notice_series
) partition by hash (municipality);
create index notice_by_time on notice (municipality, sent_at desc);

-- How far each office said that it holds them.
create table notice_held (
  municipality text not null,
  office text not null,
  series uuid not null,
  number bigint not null check (number >= 1),
  at timestamptz not null,
  primary key (municipality, office)
) partition by hash (municipality);

-- What became of each, as the office wrote it down: made of entries alone.
create table notice_outcome (
  municipality text not null,
  office text not null,
  series uuid not null,
  number bigint not null check (number >= 1),
  state text not null check (state in ('applied', 'refused')),
  why text,
  -- What is wrong, a line each.
  faults text not null,
  at timestamptz not null,
  primary key (municipality, office, series, number),
  check ((state = 'refused') = (why is not null))
) partition by hash (municipality);

do $$
declare
  one text;
begin
  foreach one in array array['notice_series', 'notice', 'notice_held', 'notice_outcome'] loop
    for part in 0..15 loop
      execute format(
        'create table %I partition of %I for values with (modulus 16, remainder %s)',
        one || '_' || part, one, part);
    end loop;
  end loop;
end
$$;

create function notices_stay() returns trigger language plpgsql as $$
begin
  raise exception 'what was sent to an office is never edited and never removed';
end
$$;
create trigger notices_stay before update or delete on notice
  for each row execute function notices_stay();
