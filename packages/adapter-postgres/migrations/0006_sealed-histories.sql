-- Up Migration

alter table lethe.removal_request
  -- The head of the history under a key that the database does not have: `id:hmac`. Null for what an earlier version wrote,
  -- until `lethe-api check --seal`.
  add column head_seal text check (length(head_seal) <= 128),
  -- Since when its history could not be read; null where it can.
  add column unreadable_at timestamptz(3);

create index removal_request_unreadable on lethe.removal_request (tenant_id, request_id)
  where unreadable_at is not null;

-- The role says when a request has ended, and that somebody has approved. It changes nothing else about people.
revoke update on lethe.removal_subject, lethe.removal_actor from lethe_app;
grant update (ended_as) on lethe.removal_subject to lethe_app;
grant update (approved) on lethe.removal_actor to lethe_app;

-- People of requests that are open stay.
create policy only_of_the_ended on lethe.removal_subject as restrictive for delete using (ended_as is not null);

create function lethe.has_ended(tenant uuid, request uuid) returns boolean
  language sql
  stable
  parallel safe
  return coalesce(
    (
      select state not in ('pendingApproval', 'approved', 'removing', 'verifying', 'failed')
      from lethe.removal_request
      where tenant_id = tenant and request_id = request
    ),
    true
  );

create policy only_of_the_ended on lethe.removal_actor as restrictive for delete
  using (lethe.has_ended(tenant_id, request_id));
create policy only_of_the_ended on lethe.removal_note as restrictive for delete
  using (lethe.has_ended(tenant_id, request_id));

-- Four eyes, in the history itself: the reference that asked first is not one that approves.
create function lethe.refuse_own_approval() returns trigger
  language plpgsql
  as $$
begin
  if exists (
    select from lethe.removal_event
    where tenant_id = new.tenant_id and request_id = new.request_id and sequence = 1
      and data ->> 'submittedBy' = new.data ->> 'by'
  ) then
    raise exception 'Whoever asked first does not approve.' using errcode = 'check_violation';
  end if;
  return new;
end
$$;

create trigger four_eyes
  before insert on lethe.removal_event
  for each row when (new.type = 'approvalGiven')
  execute function lethe.refuse_own_approval();

-- What every role of the cluster may do in a database as it is made: fill its disk by temporary tables and large objects. Where
-- the owner may not take the latter away, an administrator of the cluster has to.
do $$
declare
  large_object text;
begin
  execute format('revoke temporary on database %I from public', current_database());
  foreach large_object in array array[
    'lo_creat(integer)', 'lo_create(oid)', 'lo_from_bytea(oid, bytea)', 'lo_put(oid, bigint, bytea)', 'lowrite(integer, bytea)'
  ] loop
    execute format('revoke execute on function pg_catalog.%s from public', large_object);
  end loop;
exception
  when insufficient_privilege then null;
end
$$;
