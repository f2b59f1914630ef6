-- Keys of visits, for offices that want their town hall to read what residents entered.
-- Not entries: what is here can be erased.
create table visit_key (
  municipality text not null,
  office text not null,
  visit uuid not null,
  -- Sealed with a key that is in no database; nothing once it was erased.
  wrapped bytea,
  -- Which key that is.
  wrapped_by bytea check (length(wrapped_by) = 16),
  taken_at timestamptz not null default now(),
  -- When the office told that it has erased its own.
  let_go_at timestamptz,
  erased_at timestamptz,
  primary key (municipality, office, visit),
  check ((wrapped is null) = (erased_at is not null)),
  check ((wrapped is null) = (wrapped_by is null))
) partition by hash (municipality);
create index visit_key_let_go on visit_key (municipality, let_go_at)
  where wrapped is not null and let_go_at is not null;

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table %I partition of visit_key for values with (modulus 16, remainder %s)',
      'visit_key_' || part, part);
  end loop;
end
$$;

-- What an application is found by besides, and what its paper is made with.
alter table application
  add column ticket text,
  add column template text;
-- What was entered on one visit, in the order in which it was told.
create index application_of_visit on application (municipality, office, visit);
