import type { Exchanged } from './client.js'

/** How much to tell about the exchanges with the server. */
export type Detail = 'nothing' | 'requests' | 'requestIds'

/**
 * A line about an exchange for `--verbose`, with the request-id for `--debug`; null where nothing is to be told.
 * Holds the template of the path, never an id, a query or a token.
 */
export const traceLine = (detail: Detail, exchanged: Exchanged): string | null => {
  const { method, template, status, milliseconds, requestId } = exchanged
  const line = `${method} ${template} ${status ?? 'no answer'} ${Math.round(milliseconds)} ms`
  switch (detail) {
    case 'nothing':
      return null
    case 'requests':
      return line
    case 'requestIds':
      return requestId === null ? line : `${line} request-id ${requestId}`
  }
}
