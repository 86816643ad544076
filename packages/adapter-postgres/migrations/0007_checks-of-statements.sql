-- Up Migration

-- What 0006 checks of people, checked once for each statement and not once for each row: a store writes sixty requests with one. The
-- history of a row is written by the same statement, and is there when it is checked. Each row looks up its own in a subquery that
-- gives one value: of any other form the planner may make a join that reads the whole table.
drop function lethe.refuse_other_subject, lethe.refuse_other_end, lethe.refuse_known_reference cascade;

-- A person stands in the store under what the history of their request commits to.
create function lethe.refuse_other_subject() returns trigger
  language plpgsql
  as $$
begin
  perform lethe.refuse_blindness(tenant_id) from (select distinct tenant_id from written) as tenants;
  if exists (
    select from written
    where ended_as is not null or encode(commitment, 'hex') is distinct from (
      select event.data ->> 'subject'
      from lethe.removal_event event
      join lethe.removal_request request using (tenant_id, request_id)
      where event.tenant_id = written.tenant_id and event.request_id = written.request_id and event.sequence = 1
    )
  ) then
    raise exception 'The history of the request is about somebody else.' using errcode = 'check_violation';
  end if;
  return null;
end
$$;

-- A request is said to have ended when it has.
create function lethe.refuse_other_end() returns trigger
  language plpgsql
  as $$
begin
  perform lethe.refuse_blindness(tenant_id) from (select distinct tenant_id from written) as tenants;
  if exists (
    select from written where (ended_as is not null) <> lethe.has_ended(tenant_id, request_id)
  ) then
    raise exception 'The history says otherwise of whether the request has ended.' using errcode = 'check_violation';
  end if;
  return null;
end
$$;

-- Nobody comes back under a reference that a history named before this transaction, as somebody else, or with another text.
create function lethe.refuse_known_reference() returns trigger
  language plpgsql
  as $$
begin
  perform lethe.refuse_blindness(tenant_id) from (select distinct tenant_id from written) as tenants;
  if exists (
    select from written
    where 0 < (
      select count(*)
      from lethe.removal_event event
      where event.tenant_id = written.tenant_id and event.request_id = written.request_id
        and event.xmin <> pg_current_xact_id()::xid
        and written.reference::text in (event.data ->> 'submittedBy', event.data ->> 'by', event.data ->> 'note')
    )
  ) and not lethe.is_owner() then
    raise exception 'The history names this reference already.' using errcode = 'check_violation';
  end if;
  return null;
end
$$;

create trigger of_its_history after insert on lethe.removal_subject
  referencing new table as written
  for each statement execute function lethe.refuse_other_subject();
create trigger ended_with_its_history after update on lethe.removal_subject
  referencing new table as written
  for each statement execute function lethe.refuse_other_end();
create trigger of_nobody_yet after insert on lethe.removal_actor
  referencing new table as written
  for each statement execute function lethe.refuse_known_reference();
create trigger of_nothing_yet after insert on lethe.removal_note
  referencing new table as written
  for each statement execute function lethe.refuse_known_reference();
