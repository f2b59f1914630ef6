-- What hangs on an entry is looked for whenever one is written: without these, all that
-- was ever paid is read for each payment.
create index steps_of_an_entry on payment_step (entry);
create index entries_that_reverse_one on ledger_entry (reverses);
