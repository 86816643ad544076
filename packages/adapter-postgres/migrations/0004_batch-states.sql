-- Up Migration

-- Which batches have something in a state, how much, and what waits in them, from the index alone.
create index removal_request_batch_state on lethe.removal_request (tenant_id, batch_id, state, request_id)
  where batch_id is not null;
