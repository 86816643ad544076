import type { Command } from 'commander'
import * as t from 'io-ts'

/** Adds the option that all of these commands take. */
export const addTenantOption = (command: Command): Command =>
  command.option('--tenant <id>', 'your tenant (default: LETHE_GRAPH_TENANT)')

export const TenantOption = t.partial({ tenant: t.string })

/** What the help of these commands says of their settings: lines of at most 100 characters. */
export const graphNotes = `
No server of Lethe is asked, and LETHE_SERVER and LETHE_TOKEN are not looked at. Environment:
  LETHE_GRAPH_TENANT     your tenant, a GUID
  LETHE_GRAPH_TOKEN      an access token for Graph, as of az account get-access-token; or instead
  LETHE_GRAPH_CLIENT_ID  an app registration, with one of LETHE_GRAPH_CLIENT_SECRET,
                         LETHE_GRAPH_CERTIFICATE_FILE, LETHE_GRAPH_FEDERATED_TOKEN_FILE;
                         without either, whoever signed in with lethe graph login
  LETHE_GRAPH_URL        https://graph.microsoft.com/beta; other clouds have others
  LETHE_GRAPH_AUTHORITY  https://login.microsoftonline.com
  LETHE_GRAPH_AUDIENCE   whom tokens are for (default: the origin of LETHE_GRAPH_URL)
`
