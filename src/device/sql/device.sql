-- Tablets and displays that were paired. None is ever deleted: the journal
-- points at them.
create table device (
  id text primary key,
  name text not null check (length(trim(name)) between 1 and 40),
  role text not null check (role in ('kiosk', 'display')),
  reader text check (length(reader) between 1 and 200),
  token_hash blob unique check (length(token_hash) = 32),
  paired_at text not null,
  revoked_at text,
  help_since text,
  help_answered_at text,
  help_answered_by text,
  -- A revoked device holds nothing that could still be presented.
  check ((token_hash is null) = (revoked_at is not null)),
  check (role = 'kiosk' or (reader is null and help_since is null)),
  check ((help_answered_at is null) = (help_answered_by is null)),
  check (help_answered_at is null or help_since is not null)
) strict;

create unique index one_device_of_a_name on device (name) where revoked_at is null;
-- Two kiosks at one reader would show one resident's card on the other's screen.
create unique index one_kiosk_at_a_reader on device (reader)
where revoked_at is null and reader is not null;

-- Codes that were shown and not used yet.
create table pairing (
  code_hash blob primary key check (length(code_hash) = 32),
  name text not null check (length(trim(name)) between 1 and 40),
  role text not null check (role in ('kiosk', 'display')),
  reader text check (role = 'kiosk' or reader is null),
  expires_at text not null
) strict;
