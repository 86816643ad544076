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

-- What one row holds is read into memory: nothing that Lethe writes comes near these lengths.
alter table lethe.removal_event add constraint lengths check (
  octet_length(type) <= 64 and pg_column_size(data) <= 65536
);
alter table lethe.removal_request add constraint lengths check (length(state) <= 64);
alter table lethe.removal_note add constraint lengths check (octet_length(text) <= 65536);
alter table lethe.sign_in add constraint lengths check (octet_length(sealed) <= 262144);
alter table lethe.call_pace add constraint lengths check (octet_length(state::text) <= 65536);

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
    -- A statement that goes over to another tenant sees no events.
    false
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
  if new.ended_as is not null or not exists (
    select from lethe.removal_event event
    join lethe.removal_request request using (tenant_id, request_id)
    where event.tenant_id = new.tenant_id and event.request_id = new.request_id and event.sequence = 1
      and event.data ->> 'subject' = encode(new.commitment, 'hex')
  ) then
    raise exception 'The history of the request is about somebody else.' using errcode = 'check_violation';
  end if;
  return null;
end
$$;

create function lethe.refuse_other_end() returns trigger
  language plpgsql
  as $$
begin
  if (new.ended_as is not null) <> lethe.has_ended(new.tenant_id, new.request_id) then
    raise exception 'The history says otherwise of whether the request has ended.' using errcode = 'check_violation';
  end if;
  return null;
end
$$;

create constraint trigger of_its_history
  after insert on lethe.removal_subject
  deferrable initially deferred
  for each row execute function lethe.refuse_other_subject();
create constraint trigger ended_with_its_history
  after update on lethe.removal_subject
  deferrable initially deferred
  for each row execute function lethe.refuse_other_end();

-- Who owns the tables may move a tenant, and could do without a trigger anyway.
create function lethe.is_owner() returns boolean
  language sql
  stable
  return (
    select relowner = (select oid from pg_roles where rolname = current_user)
    from pg_class where oid = 'lethe.removal_event'::regclass
  );

-- A statement may set another tenant on its way, or look at how things were before, so that what it may not do is not seen.
create function lethe.refuse_blindness(tenant uuid) returns void
  language plpgsql
  as $$
begin
  if (lethe.current_tenant() is distinct from tenant or current_setting('transaction_isolation') <> 'read committed')
    and not lethe.is_owner()
  then
    raise exception 'The row is of another tenant, or the transaction of another isolation.' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Nobody comes back under a reference that a history names, as somebody else, or with another text.
create function lethe.refuse_known_reference() returns trigger
  language plpgsql
  as $$
begin
  perform lethe.refuse_blindness(new.tenant_id);
  if exists (
    select from lethe.removal_event
    where tenant_id = new.tenant_id and request_id = new.request_id
      and new.reference::text in (data ->> 'submittedBy', data ->> 'by', data ->> 'note')
  ) and not lethe.is_owner() then
    raise exception 'The history names this reference already.' using errcode = 'check_violation';
  end if;
  return new;
end
$$;

create trigger of_nobody_yet before insert on lethe.removal_actor
  for each row execute function lethe.refuse_known_reference();
create trigger of_nothing_yet before insert on lethe.removal_note
  for each row execute function lethe.refuse_known_reference();

-- Four eyes, in the history itself: the reference that asked first is not one that approves.
create function lethe.refuse_own_approval() returns trigger
  language plpgsql
  as $$
begin
  perform lethe.refuse_blindness(new.tenant_id);
  if exists (
    select from lethe.removal_event
    where tenant_id = new.tenant_id and request_id = new.request_id and sequence = 1
      and data ->> 'submittedBy' = new.data ->> 'by'
  ) then
    raise exception 'The one who asked first does not approve.' using errcode = 'check_violation';
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
