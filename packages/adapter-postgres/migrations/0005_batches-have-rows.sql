-- Up Migration

-- Batches, each since its first request. To this table and the two below rows are only ever added.
create table lethe.batch (
  tenant_id uuid not null,
  batch_id uuid not null,
  -- A reference of `removal_actor`: the actor who may add to the batch. Once that is erased nobody may.
  maker uuid not null,
  submitted_at timestamptz(3) not null
    check (submitted_at >= '0001-01-01T00:00:00Z' and submitted_at < '10000-01-01T00:00:00Z'),
  primary key (tenant_id, batch_id)
);

create index batch_newest on lethe.batch (tenant_id, submitted_at, batch_id);

-- Batches that were decided, and what was in them then: nothing is added any more.
create table lethe.batch_closed (
  tenant_id uuid not null,
  batch_id uuid not null,
  digest bytea not null check (length(digest) = 32),
  closed_at timestamptz(3) not null
    check (closed_at >= '0001-01-01T00:00:00Z' and closed_at < '10000-01-01T00:00:00Z'),
  primary key (tenant_id, batch_id)
);

-- Requests that joined a batch. Those that were submitted with it have it in `removal_request`.
create table lethe.batch_member (
  tenant_id uuid not null,
  batch_id uuid not null,
  request_id uuid not null,
  -- The commitment of `removal_subject`.
  subject bytea not null check (length(subject) = 32),
  primary key (tenant_id, batch_id, request_id)
);

create index batch_member_request on lethe.batch_member (tenant_id, request_id);

-- Row-level security that is forced keeps even the owner from rows of tenants that they did not name.
alter table lethe.removal_request no force row level security;
alter table lethe.removal_event no force row level security;

insert into lethe.batch (tenant_id, batch_id, maker, submitted_at)
select distinct on (request.tenant_id, request.batch_id)
  request.tenant_id, request.batch_id, (submitted.data ->> 'submittedBy')::uuid, submitted.at
from lethe.removal_request request
join lethe.removal_event submitted
  on submitted.tenant_id = request.tenant_id and submitted.request_id = request.request_id and submitted.sequence = 1
where request.batch_id is not null
order by request.tenant_id, request.batch_id, request.request_id;

alter table lethe.removal_request force row level security;
alter table lethe.removal_event force row level security;

alter table lethe.batch enable row level security, force row level security;
alter table lethe.batch_closed enable row level security, force row level security;
alter table lethe.batch_member enable row level security, force row level security;

create policy of_the_tenant on lethe.batch using (tenant_id = (select lethe.current_tenant()));
create policy of_the_tenant on lethe.batch_closed using (tenant_id = (select lethe.current_tenant()));
create policy of_the_tenant on lethe.batch_member using (tenant_id = (select lethe.current_tenant()));

grant select, insert on lethe.batch, lethe.batch_closed, lethe.batch_member to lethe_app;
