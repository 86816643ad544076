-- Up Migration

-- What the API and the workers connect as is a member of this role. It owns nothing, so that it can neither change the
-- schema nor get past row-level security. The role is of the whole cluster, and may be there already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'lethe_app') then
    create role lethe_app nologin;
  end if;
exception
  -- Another database of the cluster was migrated at the same time.
  when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema lethe to lethe_app;

-- The tenant that the transaction is about; null where none was set, and then every policy below sees and takes nothing.
create function lethe.current_tenant() returns uuid
  language sql
  stable
  parallel safe
  return nullif(current_setting('lethe.tenant_id', true), '')::uuid;

-- The history of every request. Append-only: a privilege that nobody has, and a trigger that stops even the owner.
create table lethe.removal_event (
  tenant_id uuid not null,
  request_id uuid not null,
  sequence integer not null check (sequence >= 1),
  schema_version smallint not null check (schema_version >= 1),
  type text not null,
  at timestamptz(3) not null,
  data jsonb not null,
  -- Of the event before; null for the first one alone.
  previous_hash bytea check (length(previous_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  primary key (tenant_id, request_id, sequence),
  check ((previous_hash is null) = (sequence = 1))
);

-- One reference approves once.
create unique index removal_event_approval
  on lethe.removal_event (tenant_id, request_id, (data ->> 'by'))
  where type = 'approvalGiven';

create function lethe.refuse_change() returns trigger
  language plpgsql
  as $$
begin
  raise exception 'The history of removal requests is append-only.'
    using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only
  before update or delete or truncate on lethe.removal_event
  for each statement execute function lethe.refuse_change();

-- Where each request stands, to find it by. Everything in here can be made again from the history, but for the head of the
-- chain: kept apart from the events, it shows a tail that was cut off.
create table lethe.removal_request (
  tenant_id uuid not null,
  request_id uuid not null,
  version integer not null check (version >= 1),
  head_hash bytea not null check (length(head_hash) = 32),
  state text not null,
  due_at timestamptz(3) not null,
  -- When it expires if nobody decides; null where it does not, or was decided.
  expires_at timestamptz(3),
  -- When the job that it waits for is due; null where it waits for none.
  job_due_at timestamptz(3),
  primary key (tenant_id, request_id)
);

create index removal_request_state on lethe.removal_request (tenant_id, state, request_id);
create index removal_request_due on lethe.removal_request (tenant_id, due_at)
  where state in ('pendingApproval', 'approved', 'removing', 'verifying', 'failed');
create index removal_request_expiring on lethe.removal_request (tenant_id, expires_at)
  where expires_at is not null;
create index removal_request_waiting on lethe.removal_request (tenant_id, job_due_at)
  where job_due_at is not null;

-- Whom requests are about. Rows can be erased once their request has ended.
create table lethe.removal_subject (
  tenant_id uuid not null,
  commitment bytea not null check (length(commitment) = 32),
  request_id uuid not null,
  user_id uuid not null,
  salt bytea not null check (length(salt) = 32),
  -- The request again, once it has ended; null while it is open.
  ended_as uuid check (ended_as = request_id),
  primary key (tenant_id, commitment),
  -- One open request for a profile; any number of those that have ended.
  constraint one_open_request_for_a_profile unique nulls not distinct (tenant_id, user_id, ended_as)
);

-- Who acted on requests. Rows can be erased once their request has ended.
create table lethe.removal_actor (
  tenant_id uuid not null,
  reference uuid not null,
  request_id uuid not null,
  -- The object id of a person, or the client id of an application.
  identity uuid not null,
  kind text not null check (kind in ('person', 'application')),
  -- The application that a person came through.
  through_app_id uuid check (kind = 'person' or through_app_id is null),
  submitted boolean not null default false,
  approved boolean not null default false,
  primary key (tenant_id, reference),
  -- Nobody acts on one request under two references: approvers are distinct.
  constraint one_reference_for_an_actor unique (tenant_id, identity, kind, request_id),
  constraint submitter_does_not_approve check (not (submitted and approved)),
  constraint application_does_not_approve check (kind = 'person' or not approved)
);

-- What people wrote about requests. Erased with the subject.
create table lethe.removal_note (
  tenant_id uuid not null,
  reference uuid not null,
  request_id uuid not null,
  text text not null,
  primary key (tenant_id, reference)
);

create index removal_note_request on lethe.removal_note (tenant_id, request_id);

alter table lethe.removal_event enable row level security, force row level security;
alter table lethe.removal_request enable row level security, force row level security;
alter table lethe.removal_subject enable row level security, force row level security;
alter table lethe.removal_actor enable row level security, force row level security;
alter table lethe.removal_note enable row level security, force row level security;

-- A subquery, so that the setting is read once for each statement and not once for each row.
create policy of_the_tenant on lethe.removal_event using (tenant_id = (select lethe.current_tenant()));
create policy of_the_tenant on lethe.removal_request using (tenant_id = (select lethe.current_tenant()));
create policy of_the_tenant on lethe.removal_subject using (tenant_id = (select lethe.current_tenant()));
create policy of_the_tenant on lethe.removal_actor using (tenant_id = (select lethe.current_tenant()));
create policy of_the_tenant on lethe.removal_note using (tenant_id = (select lethe.current_tenant()));

grant select, insert on lethe.removal_event to lethe_app;
grant select, insert, update on lethe.removal_request to lethe_app;
grant select, insert, update, delete on lethe.removal_subject, lethe.removal_actor to lethe_app;
grant select, insert, delete on lethe.removal_note to lethe_app;
