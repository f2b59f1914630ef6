-- What terminals were asked to give back, so that what nobody knows of is told like a
-- payment that nobody knows of.
create table give_back (
  municipality text not null,
  give_back uuid not null,
  payment uuid not null,
  office text not null,
  -- The business day it was asked for on.
  day date not null,
  kind text not null check (kind in ('void', 'refund')),
  amount bigint not null check (amount > 0),
  counter integer not null,
  state text not null check (state in ('started', 'authorised', 'declined', 'unknown')),
  begun_at timestamptz not null,
  primary key (municipality, give_back)
) partition by hash (municipality);

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table %I partition of give_back for values with (modulus 16, remainder %s)',
      'give_back_' || part, part);
  end loop;
end
$$;
