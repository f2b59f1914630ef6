-- What a visit owes, how it was paid, and the double entry of every yen. Rows are only
-- ever added: what was wrong is corrected by another row. The rules stand here once
-- more, so that no program, ours of tomorrow included, can write what must not be.

-- What a visit owes (請求). Corrected copies make another revision. The lines come
-- first: a charge that is there is whole.
create table charge (
  id text primary key,
  visit text not null,
  revision integer not null check (revision >= 1),
  -- Whose prices they are.
  day text not null check (day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  total integer not null check (total between 0 and 4294967295),
  made_at text not null,
  unique (visit, revision)
) strict;

create table charge_line (
  charge text not null references charge (id) deferrable initially deferred,
  place integer not null check (place >= 1),
  form text not null,
  question text not null,
  option text not null,
  name text not null check (json_valid(name)),
  -- 節・細節.
  item text not null check (item <> '' and item not glob '*[^0-9-]*'),
  count integer not null check (count between 1 and 4294967295),
  unit integer not null check (unit between 0 and 4294967295),
  amount integer not null check (amount between 0 and 4294967295),
  cashless integer not null check (cashless in (0, 1)),
  tax text not null check (tax in ('exempt', 'included')),
  exempt text,
  -- Nothing is free without a ground, and nothing costs what its rule does not say.
  check (amount = case when exempt is null then count * unit else 0 end),
  primary key (charge, place)
) strict;

create trigger charge_line_joins_no_finished_charge before insert on charge_line
when exists (select 1 from charge where id = new.charge)
begin select raise(abort, 'a charge is made once'); end;

create trigger charge_is_the_sum_of_its_lines before insert on charge
when new.total is not (select sum(amount) from charge_line where charge = new.id)
begin select raise(abort, 'a charge is the sum of its lines'); end;

create trigger charge_follows_its_last_revision before insert on charge
when new.revision <> 1 + coalesce((select max(revision) from charge where visit = new.visit), 0)
begin select raise(abort, 'revisions of a charge have no gaps'); end;

-- One attempt to pay a charge (収納). Its id is made by whoever asks for it, and is the
-- key by which a terminal is asked what became of it.
create table payment (
  id text primary key,
  charge text not null references charge (id),
  -- The business day it was begun on.
  day text not null check (day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  amount integer not null check (amount between 0 and 4294967295),
  -- One tender: nobody pays part in cash and part by card.
  tender text not null
    check (tender in ('cash', 'credit', 'debit', 'emoney', 'qr', 'later', 'nothing')),
  counter integer not null check (counter >= 1),
  -- The cash that was handed over; the change is the rest.
  received integer check (received between 0 and 4294967295),
  -- Why nothing is paid.
  ground text,
  begun_at text not null,
  check ((tender = 'cash') = (received is not null)),
  check (received is null or received >= amount),
  check ((tender = 'nothing') = (amount = 0)),
  check ((tender = 'nothing') = (ground is not null)),
  check (ground <> '')
) strict;
create index payments_of_a_charge on payment (charge);

-- What became of a payment, state by state.
create table payment_step (
  payment text not null references payment (id),
  place integer not null check (place >= 1),
  state text not null
    check (state in ('started', 'authorised', 'declined', 'unknown', 'voided', 'refunded')),
  day text not null check (day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  at text not null,
  -- What the terminal's slip says. Never a card's number or a code of a wallet.
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
  check (slip is null or state = 'authorised'),
  primary key (payment, place),
  -- An unknown one is found out once.
  unique (payment, state)
) strict;
create unique index one_payment_a_slip on payment_step (terminal, slip, day)
where slip is not null;

create view payment_now as
select payment, state from payment_step as step
where place = (select max(place) from payment_step where payment = step.payment);

-- The one table of what may follow what.
create table payment_edge (
  before text not null,
  after text not null,
  primary key (before, after)
) strict, without rowid;
insert into payment_edge values
  ('', 'started'),
  ('started', 'authorised'), ('started', 'declined'), ('started', 'unknown'),
  ('unknown', 'authorised'), ('unknown', 'declined'),
  ('authorised', 'voided'), ('authorised', 'refunded');

create trigger payment_step_follows_the_table before insert on payment_step
when not exists (
  select 1 from payment_edge
  where before = coalesce((select state from payment_now where payment = new.payment), '')
    and after = new.state)
begin select raise(abort, 'this does not follow in the life of a payment'); end;

create trigger payment_step_has_no_gap before insert on payment_step
when new.place <> 1 + (select count(*) from payment_step where payment = new.payment)
begin select raise(abort, 'steps of a payment have no gaps'); end;

-- Money moves with a step and never without: the entry is looked for at the commit.
create trigger payment_step_moves_money before insert on payment_step
when (new.entry is not null)
  <> (new.state in ('authorised', 'voided', 'refunded')
      and (select amount from payment where id = new.payment) > 0)
begin select raise(abort, 'money moves with a step, and never without'); end;

create trigger payment_step_names_its_slip before insert on payment_step
when new.state = 'authorised' and (new.slip is null) = (
  (select tender from payment where id = new.payment) in ('credit', 'debit', 'emoney', 'qr'))
begin select raise(abort, 'what was paid by a terminal names its slip, and nothing else does'); end;

create trigger payment_is_begun_once before insert on payment
when exists (select 1 from payment where id = new.id)
begin select raise(abort, 'a payment is begun once'); end;

create trigger payment_is_of_an_open_day before insert on payment
when exists (select 1 from day_close where day >= new.day)
begin select raise(abort, 'the day is closed'); end;

create trigger payment_pays_the_whole_charge before insert on payment
when new.amount is not (select total from charge where id = new.charge)
begin select raise(abort, 'a payment is for the whole charge'); end;

create trigger payment_is_for_the_last_revision before insert on payment
when exists (
  select 1 from charge as own join charge as later on later.visit = own.visit
  where own.id = new.charge and later.revision > own.revision)
begin select raise(abort, 'the charge was changed'); end;

create trigger payment_is_the_only_one before insert on payment
when exists (
  select 1 from charge as own
  join charge as other on other.visit = own.visit
  join payment on payment.charge = other.id
  left join payment_now on payment_now.payment = payment.id
  where own.id = new.charge
    and coalesce(payment_now.state, 'started') in ('started', 'unknown', 'authorised'))
begin select raise(abort, 'this visit is being paid, or is paid'); end;

create trigger charge_does_not_change_under_a_payment before insert on charge
when exists (
  select 1 from charge as own
  join payment on payment.charge = own.id
  left join payment_now on payment_now.payment = payment.id
  where own.visit = new.visit
    and coalesce(payment_now.state, 'started') in ('started', 'unknown', 'authorised'))
begin select raise(abort, 'this visit is being paid, or is paid'); end;

create trigger payment_takes_cash_where_only_cash_is_taken before insert on payment
when new.tender not in ('cash', 'nothing') and exists (
  select 1 from charge_line where charge = new.charge and cashless = 0 and amount > 0)
begin select raise(abort, 'something in this charge is paid in cash only'); end;

-- An entry of the ledger (仕訳). The postings come first: an entry that is there is
-- balanced, and at the commit no posting is without its entry.
create table ledger_entry (
  id text primary key,
  -- The business day, decided when it is written.
  day text not null check (day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  -- Counted each day; stands on the receipt.
  number integer not null check (number >= 1),
  kind text not null check (kind in ('payment', 'void', 'refund', 'difference')),
  payment text references payment (id),
  reverses text references ledger_entry (id),
  -- The closed day it belongs to, where it comes late.
  concerns text check (concerns < day),
  reason text check (reason <> '' and reason not glob '*[^a-z_]*'),
  counter integer not null check (counter >= 1),
  at text not null,
  unique (day, number),
  check ((kind = 'difference') = (payment is null)),
  check ((kind in ('void', 'refund')) = (reverses is not null)),
  check ((kind = 'payment') = (reason is null))
) strict;
create unique index one_payment_entry on ledger_entry (payment) where kind = 'payment';
create unique index one_void_entry on ledger_entry (payment) where kind = 'void';
create index entries_of_a_payment on ledger_entry (payment);

create table posting (
  entry text not null references ledger_entry (id) deferrable initially deferred,
  place integer not null check (place >= 1),
  -- revenue:03-01, cash:2, credit:visa, later, over_short.
  account text not null check (account not glob '*[^a-z0-9_:-]*'
    and (account glob 'revenue:?*' or account glob 'cash:[0-9]*' or account glob 'credit:?*'
      or account glob 'debit:?*' or account glob 'emoney:?*' or account glob 'qr:?*'
      or account in ('later', 'over_short'))),
  side text not null check (side in ('debit', 'credit')),
  -- Whole yen; the sign is the side.
  amount integer not null check (amount > 0),
  primary key (entry, place)
) strict;
create index postings_of_an_account on posting (account);

create trigger posting_joins_no_finished_entry before insert on posting
when exists (select 1 from ledger_entry where id = new.entry)
begin select raise(abort, 'an entry is written once'); end;

create trigger entry_is_written_once before insert on ledger_entry
when exists (select 1 from ledger_entry where id = new.id)
begin select raise(abort, 'an entry is written once'); end;

create trigger entry_is_balanced before insert on ledger_entry
when (select sum(case side when 'debit' then amount else -amount end)
      from posting where entry = new.id) is not 0
begin select raise(abort, 'an entry is balanced'); end;

create trigger entry_is_of_an_open_day before insert on ledger_entry
when exists (select 1 from day_close where day >= new.day)
begin select raise(abort, 'the day is closed'); end;

create trigger entry_goes_forward before insert on ledger_entry
when new.day < (select max(day) from ledger_entry)
begin select raise(abort, 'the ledger goes forward only'); end;

create trigger entry_that_comes_late_is_of_a_closed_day before insert on ledger_entry
when new.concerns is not null and not exists (select 1 from day_close where day = new.concerns)
begin select raise(abort, 'only what comes late names another day'); end;

-- Only what was authorised moves money, and what was voided is over.
create trigger entry_has_its_step before insert on ledger_entry
when new.payment is not null and (
  not exists (
    select 1 from payment_step where payment = new.payment and state = 'authorised')
  or (new.kind = 'void') <> exists (
    select 1 from payment_step where payment = new.payment and state = 'voided'))
begin select raise(abort, 'no money moves without a step'); end;

-- Gross: the whole fee is revenue, item by item; what a company takes is no affair of
-- the payment's. And one tender has it all.
create trigger entry_of_a_payment_is_gross before insert on ledger_entry
when new.kind = 'payment' and (
  exists (
    select 'revenue:' || item, sum(amount) from charge_line
    where charge = (select charge from payment where id = new.payment)
    group by item having sum(amount) > 0
    except
    select account, amount from posting where entry = new.id and side = 'credit')
  or (select sum(amount) from posting where entry = new.id and side = 'credit')
    is not (select amount from payment where id = new.payment)
  or (select count(*) from posting where entry = new.id and side = 'debit') <> 1
  or (select count(*) from posting where entry = new.id and account glob 'revenue:*')
    <> (select count(*) - 1 from posting where entry = new.id))
begin select raise(abort, 'a payment is booked in full, by item, in one tender'); end;

create trigger entry_is_in_the_tender_of_its_payment before insert on ledger_entry
when new.kind = 'payment' and (
  select account from posting where entry = new.id and side = 'debit')
  is not (
    select case tender when 'cash' then 'cash:' || counter when 'later' then 'later'
      else tender || ':' || brand end
    from payment join payment_step on payment = id and state = 'authorised'
    where id = new.payment)
begin select raise(abort, 'a payment is booked in its tender'); end;

create trigger entry_of_a_void_takes_all_back before insert on ledger_entry
when new.kind = 'void' and (
  new.reverses is not (
    select id from ledger_entry where payment = new.payment and kind = 'payment')
  or new.day <> (select day from ledger_entry where id = new.reverses)
  or exists (select 1 from ledger_entry where payment = new.payment and kind = 'refund')
  or exists (
    select account, case side when 'debit' then 'credit' else 'debit' end, amount
    from posting where entry = new.reverses
    except select account, side, amount from posting where entry = new.id)
  or (select count(*) from posting where entry = new.id)
    <> (select count(*) from posting where entry = new.reverses))
begin select raise(abort, 'a void takes the whole payment back, on its own day'); end;

-- Another tender may give it back (cash for 電子マネー), but never more than was paid
-- for each item.
create trigger entry_of_a_refund_is_no_more_than_was_paid before insert on ledger_entry
when new.kind = 'refund' and (
  new.reverses is not (
    select id from ledger_entry where payment = new.payment and kind = 'payment')
  or exists (
    select 1 from posting as back where back.entry = new.id
      and (back.side = 'debit') <> (back.account glob 'revenue:*'))
  or exists (
    select back.account from posting as back
    join ledger_entry on ledger_entry.id = back.entry or (
      -- The entry itself is not there yet.
      back.entry = new.id and ledger_entry.id = new.reverses)
    where back.side = 'debit' and back.account glob 'revenue:*'
      and (back.entry = new.id or (ledger_entry.payment = new.payment
        and ledger_entry.kind = 'refund'))
    group by back.account
    having sum(back.amount) > coalesce((
      select amount from posting
      where entry = new.reverses and account = back.account and side = 'credit'), 0)))
begin select raise(abort, 'no more is given back than was paid'); end;

create trigger entry_of_a_difference_is_of_cash before insert on ledger_entry
when new.kind = 'difference' and (
  select group_concat(account, ' ') from (
    select account from posting where entry = new.id order by account))
  is not 'cash:' || new.counter || ' over_short'
begin select raise(abort, 'a difference is between the cash and over_short'); end;

-- 締め: the day and its totals, as they stood. Nothing of it changes afterwards.
create table day_close (
  day text primary key check (day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  closed_at text not null,
  totals text not null check (json_valid(totals)),
  -- Of the rows the totals were worked out from.
  digest text not null check (length(digest) = 64 and digest not glob '*[^0-9a-f]*'),
  -- Why it was closed while something was not known.
  reason text check (reason <> '' and reason not glob '*[^a-z_]*')
) strict;

create trigger day_closes_in_order before insert on day_close
when new.day <= (select max(day) from day_close)
begin select raise(abort, 'days are closed in order'); end;

create trigger day_closes_when_all_is_known before insert on day_close
when new.reason is null and exists (
  select 1 from payment left join payment_now on payment_now.payment = payment.id
  where payment.day <= new.day and coalesce(state, 'started') in ('started', 'unknown'))
begin select raise(abort, 'something of the day is not known yet'); end;

create trigger charge_is_never_edited before update on charge
begin select raise(abort, 'the ledger is append-only'); end;
create trigger charge_is_never_removed before delete on charge
begin select raise(abort, 'the ledger is append-only'); end;
create trigger charge_line_is_never_edited before update on charge_line
begin select raise(abort, 'the ledger is append-only'); end;
create trigger charge_line_is_never_removed before delete on charge_line
begin select raise(abort, 'the ledger is append-only'); end;
create trigger payment_is_never_edited before update on payment
begin select raise(abort, 'the ledger is append-only'); end;
create trigger payment_is_never_removed before delete on payment
begin select raise(abort, 'the ledger is append-only'); end;
create trigger payment_step_is_never_edited before update on payment_step
begin select raise(abort, 'the ledger is append-only'); end;
create trigger payment_step_is_never_removed before delete on payment_step
begin select raise(abort, 'the ledger is append-only'); end;
create trigger ledger_entry_is_never_edited before update on ledger_entry
begin select raise(abort, 'the ledger is append-only'); end;
create trigger ledger_entry_is_never_removed before delete on ledger_entry
begin select raise(abort, 'the ledger is append-only'); end;
create trigger posting_is_never_edited before update on posting
begin select raise(abort, 'the ledger is append-only'); end;
create trigger posting_is_never_removed before delete on posting
begin select raise(abort, 'the ledger is append-only'); end;
create trigger day_close_is_never_edited before update on day_close
begin select raise(abort, 'the ledger is append-only'); end;
create trigger day_close_is_never_removed before delete on day_close
begin select raise(abort, 'the ledger is append-only'); end;
