create table book (
  isbn   text primary key,
  copies integer not null,
  taken  integer not null default 0 check (taken between 0 and copies)
);

create table reservation (
  loan_id uuid primary key,
  isbn    text not null,
  status  text not null
);
