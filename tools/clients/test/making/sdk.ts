import type { TokenCredential } from '@azure/core-auth'
import { HttpMethod, RequestInformation } from '@microsoft/kiota-abstractions'
import { AzureIdentityAuthenticationProvider } from '@microsoft/kiota-authentication-azure'
import { HeadersInspectionOptions, type RetryHandlerOptions } from '@microsoft/kiota-http-fetchlibrary'
import { GraphBetaRequestAdapter } from '@microsoft/msgraph-beta-sdk'
import { createDirectoryServiceClient } from '@microsoft/msgraph-beta-sdk-directory'
import { createODataErrorFromDiscriminatorValue } from '@microsoft/msgraph-beta-sdk/models/oDataErrors/index.js'
import { RemovalRequestResource } from '@lethe/api-contract'
import type { ContractName } from '@lethe/domain'
import { letheClientId } from '@lethe/sandbox'
import { decoded } from './decoded.js'
import type { TokenChanges } from './identity.js'
import type { Lethe } from './lethe.js'

/** How every error answer is decoded. */
export const errorMappings = { XXX: createODataErrorFromDiscriminatorValue }

/** The beta SDK for TypeScript, pointed at Lethe: everything else is as it comes. */
export const sdkFor = (
  { origin, tokenOf }: Lethe,
  as: string,
  changes: TokenChanges = {},
  allowedHosts: ReadonlyArray<string> = [new URL(origin).hostname],
) => {
  const credential: TokenCredential = {
    getToken: async () => ({ token: await tokenOf(as, changes), expiresOnTimestamp: Date.now() + 60_000 }),
  }
  const authentication = new AzureIdentityAuthenticationProvider(
    credential,
    [`api://${letheClientId}/.default`],
    undefined,
    new Set(allowedHosts),
  )
  const adapter = new GraphBetaRequestAdapter(authentication)
  adapter.baseUrl = `${origin}/beta`
  const profiles = createDirectoryServiceClient(adapter).directory.inboundSharedUserProfiles
  return {
    adapter,
    profiles,
    profile: (userId: string) => profiles.byInboundSharedUserProfileUserId(userId),
  }
}
export type Sdk = ReturnType<typeof sdkFor>

/** What has to be sent with a removal, by contract. */
export const asJson = (contract: ContractName): Record<string, string> =>
  contract === 'seed' ? { 'Content-Type': 'application/json' } : {}

/** Asks for a removal. */
export const removeWith = async (
  { profile }: Sdk,
  userId: string,
  headers: Record<string, string> = {},
  retries: ReadonlyArray<RetryHandlerOptions> = [],
): Promise<{ readonly answer: unknown; readonly location: string }> => {
  const seen = new HeadersInspectionOptions({ inspectResponseHeaders: true })
  const answer: unknown = await profile(userId).removePersonalData.post({
    headers,
    options: [seen, ...retries],
  })
  const [location = ''] = seen.getResponseHeaders().tryGetValue('operation-location') ?? []
  return { answer, location }
}

/** The removal request at an Operation-Location. */
export const operationOf = async ({ adapter }: Sdk, location: string): Promise<RemovalRequestResource> => {
  const asked = new RequestInformation(HttpMethod.GET, location)
  const body = await adapter.sendPrimitive<ArrayBuffer>(asked, 'ArrayBuffer', errorMappings)
  return decoded(RemovalRequestResource)(JSON.parse(new TextDecoder().decode(body)))
}
