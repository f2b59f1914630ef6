-- Who may look at the pages, and what they looked at. Each municipality has its own
-- people; nobody is one of two.

create table person (
  municipality text not null,
  person uuid not null,
  login text not null check (login = lower(login) and length(login) between 2 and 40),
  name text not null check (length(trim(name)) between 1 and 60),
  role text not null check (role in ('clerk', 'supervisor', 'administrator', 'auditor')),
  password_hash text not null check (password_hash like '$argon2id$%'),
  -- Set by somebody else; its owner must choose another one.
  password_is_initial boolean not null,
  added_at timestamptz not null,
  disabled_at timestamptz,
  primary key (municipality, person),
  unique (municipality, login)
) partition by hash (municipality);

create table person_session (
  municipality text not null,
  token_hash bytea not null check (length(token_hash) = 32),
  person uuid not null,
  began_at timestamptz not null,
  seen_at timestamptz not null,
  primary key (municipality, token_hash),
  foreign key (municipality, person) references person
) partition by hash (municipality);

-- Tries since the last success. Only the hash: people type their password into the wrong
-- field.
create table sign_in_attempt (
  municipality text not null,
  login_hash bytea not null check (length(login_hash) = 32),
  tries integer not null check (tries >= 1),
  last_at timestamptz not null,
  blocked_until timestamptz,
  primary key (municipality, login_hash)
) partition by hash (municipality);

-- At most one: the way to the first administrator.
create table setup_code (
  municipality text primary key check (municipality ~ '^[0-9]{6}$'),
  code_hash bytea not null check (length(code_hash) = 32),
  made_at timestamptz not null
);

-- What people did here, numbered without gaps and chained by hash.
create table record (
  municipality text not null,
  number bigint not null check (number >= 1),
  at text not null,
  person text not null,
  kind text not null,
  about text not null,
  prev_hash bytea not null check (length(prev_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  primary key (municipality, number)
) partition by hash (municipality);

-- The newest of them: whoever adds one waits for whoever is adding one.
create table record_head (
  municipality text primary key,
  number bigint not null,
  hash bytea not null check (length(hash) = 32)
);

do $$
declare
  one text;
begin
  foreach one in array array['person', 'person_session', 'sign_in_attempt', 'record'] loop
    for part in 0..15 loop
      execute format(
        'create table %I partition of %I for values with (modulus 16, remainder %s)',
        one || '_' || part, one, part);
    end loop;
  end loop;
end
$$;

create trigger records_stay before update or delete on record
  for each row execute function entries_stay();
