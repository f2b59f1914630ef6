-- Personal accounts. None is ever deleted: the journal points at them.
create table staff (
  id text primary key,
  login text not null unique check (login = lower(login) and length(login) between 2 and 40),
  name text not null check (length(trim(name)) between 1 and 60),
  role text not null check (role in ('clerk', 'supervisor', 'administrator')),
  password_hash text not null check (password_hash like '$argon2id$%'),
  -- Set by somebody else; its owner must choose another one.
  password_is_initial integer not null check (password_is_initial in (0, 1)),
  added_at text not null,
  disabled_at text
) strict;

create table staff_session (
  token_hash blob primary key check (length(token_hash) = 32),
  staff text not null references staff (id),
  began_at text not null,
  seen_at text not null
) strict;
create index staff_session_of on staff_session (staff);

-- A disabled account has no session, whoever disables it.
create trigger a_disabled_account_is_signed_out after update of disabled_at on staff
when new.disabled_at is not null
begin delete from staff_session where staff = new.id; end;

-- Tries since the last success, for names that exist and names that do not.
-- Only the hash: people type their password into the wrong field.
create table sign_in_attempt (
  login_hash blob primary key check (length(login_hash) = 32),
  tries integer not null check (tries >= 1),
  last_at text not null,
  blocked_until text
) strict;

-- At most one: the way to the first administrator.
create table setup_code (
  only_one integer primary key check (only_one = 1),
  code_hash blob not null check (length(code_hash) = 32),
  made_at text not null
) strict;
