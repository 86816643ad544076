import { connect, type Socket } from 'node:net'

/** One TCP connection to a server of the tests. */
export interface RawConnection {
  readonly send: (text: string) => void
  /** All that came so far. */
  readonly received: () => string
  /** All that came until the server closed the connection. */
  readonly closed: Promise<string>
  readonly isOpen: () => boolean
  /** Takes no more of what comes. */
  readonly stopReading: () => void
  readonly readAgain: () => void
  readonly destroy: () => void
  /** Ends it as a client that crashes does. */
  readonly reset: () => void
}

const open = new Set<Socket>()

/** Ends every connection that a test left open. */
export const closeConnections = (): void => {
  for (const socket of open) socket.destroy()
  open.clear()
}

/** @param allowHalfOpen keeps its own end open when the server has closed its end. */
export const openConnection = (port: number, allowHalfOpen = false): RawConnection => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen })
  open.add(socket)
  let text = ''
  let isOpen = true
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    text += chunk
  })
  socket.on('error', () => {
    isOpen = false
  })
  const closed = new Promise<string>(resolve => {
    socket.on('close', () => {
      isOpen = false
      resolve(text)
    })
  })
  return {
    send: sent => {
      socket.write(sent)
    },
    received: () => text,
    closed,
    isOpen: () => isOpen,
    stopReading: () => {
      socket.pause()
    },
    readAgain: () => {
      socket.resume()
    },
    destroy: () => {
      socket.destroy()
    },
    reset: () => {
      socket.resetAndDestroy()
    },
  }
}

/** Sends one request on a connection of its own, and waits until the server closes it. */
export const exchange = (port: number, request: string): Promise<string> => {
  const connection = openConnection(port)
  connection.send(request)
  return connection.closed
}

/** The status and the JSON of a raw response, chunked or not. */
export const partsOf = (response: string): { readonly status: number; readonly text: string } => ({
  status: Number(response.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)),
  text: response.slice(response.indexOf('{'), response.lastIndexOf('}') + 1),
})

/** A header of a raw response; null where it is missing. */
export const headerOf = (response: string, name: string): string | null =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(response.slice(0, response.indexOf('\r\n\r\n')))?.[1]?.trim() ??
  null
