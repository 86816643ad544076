-- Up Migration

alter table lethe.removal_request
  -- The head of the history under a key that the database does not have: `id:hmac`. Null for what an earlier version wrote,
  -- until `lethe-api check --seal`.
  add column head_seal text check (length(head_seal) <= 128),
  -- Since when its history could not be read; null where it can.
  add column unreadable_at timestamptz(3);

create index removal_request_unreadable on lethe.removal_request (tenant_id, request_id)
  where unreadable_at is not null;

-- What Lethe reads: PostgreSQL's infinities, and years before 1 and after 9999, are no moments.
alter table lethe.removal_request add constraint moments check (
  least(due_at, expires_at, job_due_at, unreadable_at) >= '0001-01-01T00:00:00Z'
  and greatest(due_at, expires_at, job_due_at, unreadable_at) < '10000-01-01T00:00:00Z'
);

-- No head without a seal from now on: what a process of an earlier version would write is refused, and only what was there
-- before can be sealed by `lethe-api check --seal`.
create function lethe.refuse_unsealed() returns trigger
  language plpgsql
  as $$
begin
  raise exception 'The head of a history is written with its seal.' using errcode = 'check_violation';
end
$$;

create trigger sealed_when_submitted
  before insert on lethe.removal_request
  for each row when (new.head_seal is null)
  execute function lethe.refuse_unsealed();
create trigger sealed_when_appended
  before update on lethe.removal_request
  for each row when (
    new.head_seal is null and (
      old.head_seal is not null or new.version <> old.version or new.head_hash <> old.head_hash
    )
  )
  execute function lethe.refuse_unsealed();

-- A request stays in the batch that it was submitted with.
revoke update on lethe.removal_request from lethe_app;
grant update (version, head_hash, head_seal, state, due_at, expires_at, job_due_at, unreadable_at)
  on lethe.removal_request to lethe_app;

-- The role says when a request has ended, and that somebody has approved. It changes nothing else about people.
revoke update on lethe.removal_subject, lethe.removal_actor from lethe_app;
grant update (ended_as) on lethe.removal_subject to lethe_app;
grant update (approved) on lethe.removal_actor to lethe_app;

-- People of requests that are open stay: the history says so, which nobody rewrites, and not the projection.
create function lethe.has_ended(tenant uuid, request uuid) returns boolean
  language sql
  stable
  parallel safe
  return coalesce(
    (
      select bool_or(type in
        ('removalCompleted', 'removalDenied', 'removalWithdrawn', 'removalAbandoned', 'requestExpired'))
      from lethe.removal_event
      where tenant_id = tenant and request_id = request
    ),
    true
  );

create policy only_of_the_ended on lethe.removal_subject as restrictive for delete
  using (lethe.has_ended(tenant_id, request_id));
create policy only_of_the_ended on lethe.removal_actor as restrictive for delete
  using (lethe.has_ended(tenant_id, request_id));
create policy only_of_the_ended on lethe.removal_note as restrictive for delete
  using (lethe.has_ended(tenant_id, request_id));

-- A person stands in the store under what the history of their request commits to, and is said to have done with it when it has. At
-- the end of the transaction, which writes the history after this.
create function lethe.refuse_other_subject() returns trigger
  language plpgsql
  as $$
begin
  if not exists (
    select from lethe.removal_event
    where tenant_id = new.tenant_id and request_id = new.request_id and sequence = 1
      and data ->> 'subject' = encode(new.commitment, 'hex')
  ) then
    raise exception 'The history of the request is about somebody else.' using errcode = 'check_violation';
  end if;
  if new.ended_as is not null and not lethe.has_ended(new.tenant_id, new.request_id) then
    raise exception 'The request is open.' using errcode = 'check_violation';
  end if;
  return null;
end
$$;

create constraint trigger of_its_history
  after insert or update on lethe.removal_subject
  deferrable initially deferred
  for each row execute function lethe.refuse_other_subject();

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

-- What every role of the cluster may do in a database as it is made: fill its disk by temporary tables and large objects. What
-- the owner may not take away, an administrator of the cluster has to.
do $$
declare
  one text;
begin
  foreach one in array array[
    format('temporary on database %I', current_database()),
    'execute on function pg_catalog.lo_creat(integer)',
    'execute on function pg_catalog.lo_create(oid)',
    'execute on function pg_catalog.lo_from_bytea(oid, bytea)',
    'execute on function pg_catalog.lo_put(oid, bigint, bytea)',
    'execute on function pg_catalog.lowrite(integer, bytea)'
  ] loop
    begin
      execute format('revoke %s from public', one);
    exception
      when insufficient_privilege then null;
    end;
  end loop;
end
$$;
