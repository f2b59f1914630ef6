-- A record of nothing paid that was wrong is taken back when its day is over, too: the step
-- stands on the day that is open then, says why, and names the day it belongs to where that
-- was closed. What was sealed stays as it was.
alter table payment_step add column concerns text check (concerns < day);
alter table payment_step add column reason text
  check (reason <> '' and reason not glob '*[^a-z_]*');

-- Money has an entry that says the same.
create trigger payment_step_without_money_says_why before insert on payment_step
when (new.reason is null) = (new.state = 'voided' and new.entry is null)
begin select raise(abort, 'what takes back a record of nothing says why'); end;

create trigger payment_step_that_comes_late_names_its_day before insert on payment_step
when new.concerns is not (
  select noted.day from payment_step as noted
  where noted.payment = new.payment and noted.state = 'authorised' and noted.day < new.day
    and new.state = 'voided' and new.entry is null
    and exists (select 1 from day_close where day = noted.day))
begin select raise(abort, 'what comes late names the closed day it belongs to'); end;

-- A state is of a day as money is, and joins no closed one.
create trigger payment_step_is_of_an_open_day before insert on payment_step
when exists (select 1 from day_close where day >= new.day)
begin select raise(abort, 'the day is closed'); end;

create trigger give_back_step_is_of_an_open_day before insert on give_back_step
when exists (select 1 from day_close where day >= new.day)
begin select raise(abort, 'the day is closed'); end;

-- Why somebody pays nothing may tell of them: the books have a code of the town's, and
-- nothing that was written freely.
create trigger charge_line_names_its_ground_by_a_code before insert on charge_line
when new.exempt = '' or new.exempt glob '*[^a-z0-9_]*' or length(new.exempt) > 20
begin select raise(abort, 'the books name a ground by its code'); end;

create trigger payment_names_its_grounds_by_codes before insert on payment
when new.ground glob '*[^a-z0-9_,]*'
begin select raise(abort, 'the books name a ground by its code'); end;
