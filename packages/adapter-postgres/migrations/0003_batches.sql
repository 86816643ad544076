-- Up Migration

-- Requests that were made in one go, and are decided as one.
alter table lethe.removal_request add column batch_id uuid;
create index removal_request_batch on lethe.removal_request (tenant_id, batch_id, request_id)
  where batch_id is not null;

alter table lethe.removal_subject
  add column batch_id uuid,
  -- Null for those who were recorded before it was.
  add column home_tenant_id uuid;
-- Whoever sends a batch again makes no second request for anybody, even where the first one has ended.
create unique index one_request_for_a_profile_in_a_batch on lethe.removal_subject (tenant_id, batch_id, user_id)
  where batch_id is not null;
