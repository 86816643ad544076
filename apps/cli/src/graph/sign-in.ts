import type { TenantId } from '@lethe/domain'
import type { GraphSettings } from '@lethe/standalone'
import type { SignInSource } from '../sign-in/kept-sign-in.js'

/** What a sign-in for Graph is kept under: no context can have that name, for none begins with an underscore. */
export const signInNameOf = (tenantId: TenantId): string => `_graph-${tenantId}`

/** How people sign in for Graph itself: at the settings' authority, in one tenant, with the operator's own app registration. */
export const signInSourceOf = (
  { root, authority, tenantId, audience }: GraphSettings,
  clientId: string,
): SignInSource => ({
  server: root,
  authority: `${authority.replace(/\/$/, '')}/${tenantId}`,
  clientId,
  // All that was consented to.
  scopes: [`${audience.replace(/\/+$/, '')}/.default`],
})

/** Whether a sign-in is for the Graph of these settings: its tokens go to no other. */
export const isForGraphOf = (settings: GraphSettings, source: SignInSource): boolean => {
  const { server, authority } = signInSourceOf(settings, source.clientId)
  return source.server === server && source.authority === authority
}
