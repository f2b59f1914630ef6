-- What the holder of a ticket finds its page by. Tickets of before have none.
alter table ticket add column code text check (code is null or length(code) >= 12);
create unique index tickets_by_code on ticket (code) where code is not null;
