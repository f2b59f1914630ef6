-- Money that goes back through the terminal that took it (端末での取消・返金). What is
-- asked for stands here before the terminal is touched; the ledger moves when the terminal
-- says that the money was given, and never without. The items come first: a request that
-- is there is whole.
create table give_back (
  id text primary key,
  payment text not null references payment (id),
  kind text not null check (kind in ('void', 'refund')),
  -- The business day it was asked for on.
  day text not null check (day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  amount integer not null check (amount between 1 and 4294967295),
  reason text not null check (reason <> '' and reason not glob '*[^a-z_]*'),
  counter integer not null check (counter >= 1),
  begun_at text not null
) strict;
create index give_backs_of_a_payment on give_back (payment);

create table give_back_item (
  give_back text not null references give_back (id) deferrable initially deferred,
  -- 節・細節.
  item text not null check (item <> '' and item not glob '*[^0-9-]*'),
  amount integer not null check (amount between 1 and 4294967295),
  primary key (give_back, item)
) strict;

-- What became of it, in the states of a payment: authorised is given, declined is not.
create table give_back_step (
  give_back text not null references give_back (id),
  place integer not null check (place >= 1),
  state text not null check (state in ('started', 'authorised', 'declined', 'unknown')),
  day text not null check (day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  at text not null,
  -- What the terminal's slip says.
  brand text check (brand glob '[a-z]*' and brand not glob '*[^a-z0-9_]*' and length(brand) <= 20),
  acquirer text check (acquirer glob '[a-z]*' and acquirer not glob '*[^a-z0-9_]*'
    and length(acquirer) <= 20),
  terminal text check (terminal glob '[a-z]*' and terminal not glob '*[^a-z0-9_]*'
    and length(terminal) <= 20),
  slip text check (slip <> '' and slip not glob '*[^0-9A-Z-]*' and length(slip) <= 11),
  -- The money it moved.
  entry text references ledger_entry (id) deferrable initially deferred,
  check ((slip is null) = (terminal is null)),
  check ((slip is null) = (brand is null)),
  check ((slip is null) = (acquirer is null)),
  check ((slip is not null) = (state = 'authorised')),
  check ((entry is not null) = (state = 'authorised')),
  check (entry is null or entry = give_back),
  primary key (give_back, place),
  -- An unknown one is found out once.
  unique (give_back, state)
) strict;
create unique index one_give_back_a_slip on give_back_step (terminal, slip, day)
where slip is not null;
create index give_backs_of_an_entry on give_back_step (entry);

create view give_back_now as
select give_back.id as give_back, give_back.payment, give_back.day,
  coalesce((select state from give_back_step where give_back = give_back.id
            order by place desc limit 1), 'started') as state
from give_back;

create trigger give_back_item_joins_no_finished_one before insert on give_back_item
when exists (select 1 from give_back where id = new.give_back)
begin select raise(abort, 'what goes back is asked for once'); end;

create trigger give_back_is_asked_for_once before insert on give_back
when exists (select 1 from give_back where id = new.id)
begin select raise(abort, 'what goes back is asked for once'); end;

create trigger give_back_is_the_sum_of_its_items before insert on give_back
when new.amount is not (select sum(amount) from give_back_item where give_back = new.id)
begin select raise(abort, 'what goes back is the sum of its items'); end;

create trigger give_back_is_of_an_open_day before insert on give_back
when exists (select 1 from day_close where day >= new.day)
begin select raise(abort, 'the day is closed'); end;

create trigger give_back_is_of_what_a_terminal_took before insert on give_back
when (select asked_terminal from payment where id = new.payment) is null
  or (select state from payment_now where payment = new.payment) is not 'authorised'
begin select raise(abort, 'a terminal gives back what it took'); end;

create trigger give_back_is_no_more_than_is_left before insert on give_back
when exists (
  select 1 from give_back_item as back where back.give_back = new.id and back.amount > (
    select coalesce(sum(case side when 'credit' then posting.amount else -posting.amount end), 0)
    from posting join ledger_entry on ledger_entry.id = posting.entry
    where ledger_entry.payment = new.payment and account = 'revenue:' || back.item))
begin select raise(abort, 'no more is given back than was paid'); end;

-- While nobody knows whether money went back, none goes back once more.
create trigger give_back_is_the_only_one before insert on give_back
when exists (
  select 1 from give_back_now
  where payment = new.payment and state in ('started', 'unknown'))
begin select raise(abort, 'money of this payment is going back'); end;

create trigger entry_waits_for_what_goes_back before insert on ledger_entry
when new.kind in ('void', 'refund') and exists (
  select 1 from give_back_now
  where payment = new.payment and state in ('started', 'unknown'))
begin select raise(abort, 'money of this payment is going back'); end;

create trigger give_back_step_follows_the_table before insert on give_back_step
when not exists (
  select 1 from payment_edge
  where before = coalesce((
      select state from give_back_step where give_back = new.give_back
      order by place desc limit 1), '')
    and after = new.state)
begin select raise(abort, 'this does not follow for what goes back'); end;

create trigger give_back_step_has_no_gap before insert on give_back_step
when new.place <> 1 + (select count(*) from give_back_step where give_back = new.give_back)
begin select raise(abort, 'steps of what goes back have no gaps'); end;

create trigger give_back_step_is_of_its_terminal before insert on give_back_step
when new.terminal <> (
  select asked_terminal from payment join give_back on give_back.payment = payment.id
  where give_back.id = new.give_back)
begin select raise(abort, 'this slip is of another terminal'); end;

-- A slip stands for one thing, whether money came or went.
create trigger give_back_step_has_a_slip_of_its_own before insert on give_back_step
when exists (
  select 1 from payment_step
  where terminal = new.terminal and slip = new.slip and day = new.day)
begin select raise(abort, 'this slip stands for a payment'); end;

create trigger payment_step_has_a_slip_of_its_own before insert on payment_step
when exists (
  select 1 from give_back_step
  where terminal = new.terminal and slip = new.slip and day = new.day)
begin select raise(abort, 'this slip stands for what went back'); end;

create trigger entry_of_a_give_back_is_what_was_asked_for before insert on ledger_entry
when exists (select 1 from give_back where id = new.id) and (
  new.payment is not (select payment from give_back where id = new.id)
  or new.kind not in ('void', 'refund')
  or (select count(*) from posting where entry = new.id and side = 'credit') <> 1
  or not exists (
    select 1 from posting
    join payment on payment.id = new.payment
    join payment_step as paid on paid.payment = payment.id and paid.state = 'authorised'
    where posting.entry = new.id and posting.side = 'credit'
      and posting.account = payment.tender || ':' || paid.brand
      and posting.amount = (select amount from give_back where id = new.id))
  or exists (
    select 'revenue:' || item, amount from give_back_item where give_back = new.id
    except
    select account, amount from posting where entry = new.id and side = 'debit'))
begin select raise(abort, 'what the terminal gave is what is booked'); end;

create trigger day_closes_when_all_that_goes_back_is_known before insert on day_close
when new.reason is null and exists (
  select 1 from give_back_now
  where day <= new.day and state in ('started', 'unknown'))
begin select raise(abort, 'something of the day is not known yet'); end;

create trigger give_back_is_never_edited before update on give_back
begin select raise(abort, 'the ledger is append-only'); end;
create trigger give_back_is_never_removed before delete on give_back
begin select raise(abort, 'the ledger is append-only'); end;
create trigger give_back_item_is_never_edited before update on give_back_item
begin select raise(abort, 'the ledger is append-only'); end;
create trigger give_back_item_is_never_removed before delete on give_back_item
begin select raise(abort, 'the ledger is append-only'); end;
create trigger give_back_step_is_never_edited before update on give_back_step
begin select raise(abort, 'the ledger is append-only'); end;
create trigger give_back_step_is_never_removed before delete on give_back_step
begin select raise(abort, 'the ledger is append-only'); end;
