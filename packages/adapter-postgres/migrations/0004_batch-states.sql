-- Up Migration

-- Which batches have something in a state, and what waits in one, from the index alone.
create index removal_request_batch_state on lethe.removal_request (tenant_id, batch_id, state, request_id)
  where batch_id is not null;
