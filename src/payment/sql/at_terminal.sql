-- The terminal that a payment is begun at, and the brand where it was chosen beforehand.
-- Noted before the terminal is touched: whoever wants to know what became of the
-- payment asks there, by the payment's id.
alter table payment add column asked_terminal text check (asked_terminal glob '[a-z]*'
  and asked_terminal not glob '*[^a-z0-9_]*' and length(asked_terminal) <= 20);
alter table payment add column asked_brand text check (asked_brand glob '[a-z]*'
  and asked_brand not glob '*[^a-z0-9_]*' and length(asked_brand) <= 20);

create index payments_at_a_terminal on payment (asked_terminal) where asked_terminal is not null;

create trigger payment_at_a_terminal_is_without_cash before insert on payment
when (new.asked_terminal is not null and new.tender not in ('credit', 'debit', 'emoney', 'qr'))
  or (new.asked_brand is not null and new.asked_terminal is null)
begin select raise(abort, 'a terminal takes no cash'); end;

create trigger payment_step_is_of_its_terminal before insert on payment_step
when new.terminal <> (select asked_terminal from payment where id = new.payment)
begin select raise(abort, 'this slip is of another terminal'); end;
