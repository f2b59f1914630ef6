-- A terminal counts its slips by its own day, and that is the day somebody paid on: what is
-- paid after the close is booked on the next business day, and its slip is of the day before
-- all the same. The rules that stood here looked at the business day. Rows are only ever
-- added, by one writer, so that a trigger keeps what a unique index would; and slips that
-- were booked twice before stay as they are.
drop index one_payment_a_slip;
drop index one_give_back_a_slip;
drop trigger payment_step_has_a_slip_of_its_own;
drop trigger give_back_step_has_a_slip_of_its_own;

create index payments_of_a_slip on payment_step (slip, terminal) where slip is not null;
create index give_backs_of_a_slip on give_back_step (slip, terminal) where slip is not null;

-- Every slip, and the terminal's day that it is of.
create view slip_used as
select step.terminal, step.slip, substr(begun_at, 1, 10) as day
from payment_step as step join payment on payment.id = step.payment
where step.slip is not null
union all
select step.terminal, step.slip, substr(begun_at, 1, 10)
from give_back_step as step join give_back on give_back.id = step.give_back
where step.slip is not null;

create trigger payment_names_a_slip_of_its_own before insert on payment_step
when new.slip is not null and exists (
  select 1 from slip_used
  where terminal = new.terminal and slip = new.slip
    and day = (select substr(begun_at, 1, 10) from payment where id = new.payment))
begin select raise(abort, 'this slip stands for something else'); end;

create trigger give_back_names_a_slip_of_its_own before insert on give_back_step
when new.slip is not null and exists (
  select 1 from slip_used
  where terminal = new.terminal and slip = new.slip
    and day = (select substr(begun_at, 1, 10) from give_back where id = new.give_back))
begin select raise(abort, 'this slip stands for something else'); end;
