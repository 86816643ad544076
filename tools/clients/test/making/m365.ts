import { request } from 'undici'
import type { Lethe } from './lethe.js'
import { bob } from './profiles.js'

/** What `m365 request --method post` of @pnp/cli-microsoft365 11.11.0 sends, header by header. */
export const removeAsM365 = async (
  { origin, tokenOf }: Lethe,
  contentType = 'application/x-www-form-urlencoded',
): Promise<{ readonly status: number; readonly body: string }> => {
  const answer = await request(
    `${origin}/beta/directory/inboundSharedUserProfiles/${bob.userId}/removePersonalData`,
    {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': contentType,
        'user-agent': 'NONISV|SharePointPnP|CLIMicrosoft365/11.11.0',
        'accept-encoding': 'gzip, deflate',
        'x-clientservice-clienttag': 'M365CLI:11.11.0',
        authorization: `Bearer ${await tokenOf('adele')}`,
        'content-length': '0',
      },
    },
  )
  return { status: answer.statusCode, body: await answer.body.text() }
}
