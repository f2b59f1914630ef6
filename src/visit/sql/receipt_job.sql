-- A receipt is printed, too: which payment's, and whether another may be out already.
alter table print_job add column receipt text
  check (receipt is null or (json_valid(receipt) and applications is null));
