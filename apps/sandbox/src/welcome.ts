import { people } from './people.js'
import { type Addresses, commandLineTour, curlTour } from './tour.js'

const indented = (text: string): string =>
  text
    .split('\n')
    .map(line => (line === '' ? '' : `  ${line}`))
    .join('\n')

/** What is said when everything is ready. */
export const welcome = (addresses: Addresses): string => `
Lethe is ready.

  Lethe API           ${addresses.lethe}
  Identity provider   ${addresses.identity}   (tokens for ${[...people.keys()].join(', ')})
  Graph twin          ${addresses.graph}   (what goes wrong: ${addresses.graph}/sandbox/faults)
  PostgreSQL          ${addresses.postgres}

Everything is kept, and there again after a restart; npm start -- --reset begins anew. Stop with Ctrl-C.

A tour with curl, to paste into another terminal:

${indented(curlTour(addresses))}

Sign in with a browser, as whom you like, in this folder:

  npx --no -- lethe login --server ${addresses.lethe}

The same tour with lethe:

${indented(commandLineTour(addresses))}

`
