-- A counter where somebody sits without having signed in there: it was noted.
create table duty_with_notes (
  counter integer primary key check (counter >= 1),
  -- Who is signed in; none where it was only noted that somebody sits there.
  staff text unique,
  -- How many sit there, who of them by name, and who noted it.
  people integer not null check (people between 1 and 9),
  person text unique,
  noted_by text,
  since text not null,
  paused text,
  paused_at text,
  -- How many with a credit were called in a row; see order.rs.
  in_a_row integer not null check (in_a_row >= 0),
  check ((paused is null) = (paused_at is null)),
  check ((staff is null) = (noted_by is not null)),
  check (staff is null or (people = 1 and person is null))
) strict;

insert into duty_with_notes
select counter, staff, 1, null, null, since, paused, paused_at, in_a_row from duty;

drop table duty;
alter table duty_with_notes rename to duty;
