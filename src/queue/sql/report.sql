-- What a day was like, counted once when it was over: sums and numbers, nobody in them.
create table day_report (
  day text primary key,
  report text not null check (json_valid(report)),
  -- How the times that people were told came out: of so many who were judged, so many
  -- were called in time. Known a little later than the sums, or never.
  judged integer check (judged >= 0),
  kept integer check (kept >= 0),
  check ((judged is null) = (kept is null)),
  check (kept <= judged)
) strict;
