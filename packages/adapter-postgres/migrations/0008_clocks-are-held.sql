-- Up Migration

-- Stops a transaction that writes a moment, or goes by one, which is too far from now: the clock of the process is wrong, or the
-- transaction comes long after it was thought of. In due time, and before anything is done.
create function lethe.refuse_clock(earliest timestamptz, latest timestamptz, most interval) returns void
  language plpgsql
  as $$
begin
  if earliest < clock_timestamp() - most or latest > clock_timestamp() + most then
    raise exception 'The clock of the process is not that of the database.' using errcode = 'LC001';
  end if;
end
$$;
