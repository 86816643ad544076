export { freePorts } from './free-ports.js'
export { identityProvider } from './identity-provider.js'
export {
  type ClientRegistration,
  federatedCredential,
  loadClientRegistration,
} from './identity/client-registration.js'
export { graphAudience, graphResource } from './identity/graph-access.js'
export { createSignIns, SignIn, type SignIns } from './identity/sign-ins.js'
export type { TokenEndpointDeps } from './identity/grant-checks.js'
export { type LoopbackServer, listenOnLoopback } from './loopback-server.js'
export { contoso, letheCliClientId, letheClientId, northwind, people } from './people.js'
export { type RunningSandbox, startSandbox } from './sandbox.js'
export { seedProfiles } from './seed-profiles.js'
export { loadSigningKeys, type SigningKeys } from './signing-keys.js'
export { type Ending, endings } from './twin/endings.js'
export { Faults, usualFaults } from './twin/faults.js'
export { type GraphTwin, type GraphTwinSettings, startGraphTwin } from './twin/graph-twin.js'
export type { LedgerView } from './twin/ledger.js'
