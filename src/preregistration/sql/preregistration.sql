-- Codes made at home that were read here, by the name that is sealed in them.
-- Nothing of what they say stands here.
create table preregistration (
  jti text primary key check (length(jti) = 16),
  -- The revision that was taken last.
  revision integer not null,
  first_seen text not null,
  -- The tablet that read it last.
  kiosk text not null,
  state text not null check (state in ('scanned', 'claimed', 'issued', 'burned')),
  -- The visit that has it, as long as there is one.
  visit text,
  -- Wrong days of birth since it was taken last.
  misses integer not null default 0 check (misses between 0 and 5),
  issued_at text,
  -- It is refused by its own date from here on, so the row may go.
  expires text not null,
  -- What is claimed is claimed by somebody.
  check (state <> 'claimed' or visit is not null),
  check (state in ('claimed', 'issued') or visit is null),
  check ((state = 'issued') = (issued_at is not null)),
  check (misses < 5 or state = 'burned')
) strict;

create index preregistrations_of_a_visit on preregistration (visit) where visit is not null;
