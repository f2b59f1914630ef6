-- What went to a printer and has no outcome yet. Begun before the first byte
-- leaves, gone with the outcome: what stands here when the program starts was cut
-- off in the middle.
create table print_job (
  -- The entry of the journal that says it was sent.
  entry text primary key,
  -- The press of the button; one may go to several printers.
  press text not null,
  visit text not null references visit (id),
  printer text not null,
  -- Null for the hand-over slip.
  applications text check (json_valid(applications))
) strict;
