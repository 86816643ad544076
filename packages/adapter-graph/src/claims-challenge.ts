/** The longest claims that are passed on, in characters of base64. */
const longest = 8192

/**
 * Reads the claims of a claims challenge: `Bearer …, error="insufficient_claims", claims="<base64>"`.
 *
 * Source: Microsoft identity platform, "Claims challenges, claims requests and client capabilities".
 *
 * @param header the value of `WWW-Authenticate`.
 * @returns the claims as JSON text; null where it is no such challenge, or one that cannot be read.
 */
export const readClaimsChallenge = (header: string | undefined): string | null => {
  if (header === undefined || !/\berror\s*=\s*"?insufficient_claims\b/i.test(header)) return null
  const encoded = /\bclaims\s*=\s*"([A-Za-z0-9+/_-]+={0,2})"/i.exec(header)?.[1]
  if (encoded === undefined || encoded.length > longest) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  return isJsonObject(text) ? text : null
}

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
