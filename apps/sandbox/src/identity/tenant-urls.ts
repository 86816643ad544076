/** Where the identity provider answers for one tenant. */
export interface TenantUrls {
  readonly issuer: string
  readonly keySet: string
  readonly token: string
  readonly authorization: string
  readonly deviceAuthorization: string
}

/** @param baseUrl of the provider, without a slash at the end. */
export const tenantUrls = (baseUrl: string, tenant: string): TenantUrls => ({
  issuer: `${baseUrl}/${tenant}/v2.0`,
  keySet: `${baseUrl}/${tenant}/discovery/v2.0/keys`,
  token: `${baseUrl}/${tenant}/oauth2/v2.0/token`,
  authorization: `${baseUrl}/${tenant}/oauth2/v2.0/authorize`,
  deviceAuthorization: `${baseUrl}/${tenant}/oauth2/v2.0/devicecode`,
})

/** The same address as a client has it that takes nothing but https, and whose connections a proxy makes plain. */
export const spelledHttps = (url: string): string => url.replace(/^http:/, 'https:')
