-- Up Migration

-- What lets a worker act for the person who approved, sealed with a key that the database does not have. Gone once the
-- request has ended, or a day has passed.
create table lethe.sign_in (
  tenant_id uuid not null,
  request_id uuid not null,
  -- A reference of `removal_actor`.
  actor uuid not null,
  sealed text not null,
  kept_at timestamptz(3) not null,
  primary key (tenant_id, request_id)
);

create index sign_in_kept on lethe.sign_in (tenant_id, kept_at);

-- How fast a tenant's data holder may be called. Whoever changes it locks the row.
create table lethe.call_pace (
  tenant_id uuid not null primary key,
  -- Numbers by name; null only within the transaction that adds the row.
  state jsonb check (jsonb_typeof(state) = 'object')
);

alter table lethe.sign_in enable row level security, force row level security;
alter table lethe.call_pace enable row level security, force row level security;

create policy of_the_tenant on lethe.sign_in using (tenant_id = (select lethe.current_tenant()));
create policy of_the_tenant on lethe.call_pace using (tenant_id = (select lethe.current_tenant()));

grant select, insert, update, delete on lethe.sign_in to lethe_app;
grant select, insert, update on lethe.call_pace to lethe_app;
