import { graphResource } from './identity/graph-access.js'
import { alice, bob } from './seed-profiles.js'

/** Where the parts of the sandbox are. */
export interface Addresses {
  readonly lethe: string
  readonly identity: string
  /** The twin of Microsoft Graph. */
  readonly graph: string
  /** Host and port. */
  readonly postgres: string
}

/** The tour with curl: every line can be pasted into a shell. */
export const curlTour = ({ lethe, identity, graph }: Addresses): string =>
  `# Tokens: adele may ask for removals, megan may approve them
ADELE=$(curl -s ${identity}/sandbox/token -H 'Accept: text/plain' -d '{"as":"adele"}')
MEGAN=$(curl -s ${identity}/sandbox/token -H 'Accept: text/plain' -d '{"as":"megan"}')

# Ask for Bob's removal, with the very request of Microsoft's reference page
curl -i -X POST ${lethe}/beta/directory/inboundSharedUserProfiles/${bob}/removePersonalData \\
  -H "Authorization: Bearer $ADELE" -H 'Content-Type: application/json' | tee /tmp/lethe-tour

# Follow it: it waits for somebody else's approval
REQUEST=$(grep -i '^operation-location:' /tmp/lethe-tour | cut -d ' ' -f 2 | tr -d '\\r')
curl -s -w '\\n' "$REQUEST" -H "Authorization: Bearer $MEGAN"

# Megan approves
curl -s -w '\\n' -X POST "$REQUEST/approve" -H "Authorization: Bearer $MEGAN"

# In a moment it is done and verified
until curl -s "$REQUEST" -H "Authorization: Bearer $MEGAN" | grep '"state":"completed"'; do sleep 1; done

# Bob's profile is gone from Lethe, and from the twin of Microsoft Graph itself: 404
GRAPH=$(curl -s ${identity}/sandbox/token -H 'Accept: text/plain' -d '{"as":"adele","claims":{"aud":"${graphResource}"}}')
curl -i -w '\\n' ${lethe}/beta/directory/inboundSharedUserProfiles/${bob} -H "Authorization: Bearer $MEGAN"
curl -i -w '\\n' ${graph}/beta/directory/inboundSharedUserProfiles/${bob} -H "Authorization: Bearer $GRAPH"`

/** The same tour with `lethe`, for another person. */
export const commandLineTour = ({ lethe, identity }: Addresses): string =>
  `export LETHE_SERVER=${lethe}
export LETHE_TOKEN=$(curl -s ${identity}/sandbox/token -H 'Accept: text/plain' -d '{"as":"adele"}')
MEGAN=$(curl -s ${identity}/sandbox/token -H 'Accept: text/plain' -d '{"as":"megan"}')

npx --no lethe whoami
npx --no lethe profiles show ${alice}
npx --no lethe remove ${alice} --force
REQUEST=$(npx --no lethe requests list --user ${alice} --limit 1 --query '[0].id' -o text)

LETHE_TOKEN=$MEGAN npx --no lethe requests approve $REQUEST
npx --no lethe requests watch $REQUEST
npx --no lethe requests history $REQUEST
npx --no lethe profiles show ${alice}`
