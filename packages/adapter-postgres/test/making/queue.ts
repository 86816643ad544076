/** What the queues of the tests are told. */
export const queue = { leaseSeconds: 30, heldPerTenant: 40, mostDeliveries: 5 }
