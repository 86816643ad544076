import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** How much may pile up before connections are closed. */
export interface ConnectionBounds {
  /** Requests that wait on one connection. More than these are in what is parsed at once only where they have less than 64 bytes. */
  readonly waitingOnOne: number
  /** Requests that wait, on all connections together. */
  readonly waiting: number
  /** Bytes of answers that clients do not take, on all connections together. */
  readonly unsentBytes: number
}

export const usualConnectionBounds: ConnectionBounds = {
  waitingOnOne: 16,
  waiting: 4096,
  unsentBytes: 64 * 1024 * 1024,
}

/** How many bytes are parsed before it is looked at what they brought; 64 KiB are read at once. */
const parsedAtOnce = 1024

/** A request on its connection, and how it comes to its answer. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Is called once its turn has come; not at all where the connection goes before. */
  readonly answer: () => void
}

/** What one connection has under way. */
interface Connection {
  readonly socket: Socket
  /** The runtime's parser; null once it is out of use. */
  parse: Parse | null
  /** What is answered now. */
  current: Exchange | null
  /** What came last, answered or not. */
  latest: Exchange | null
  /** What came behind the current one, and is not looked at before that is answered. */
  readonly waiting: Array<Exchange>
  /** Bytes of the current answer that the client does not take. */
  unsent: number
}

type Parse = (chunk: Buffer) => void

/**
 * Keeps to the order of requests on each connection: the next one is worked on when the client has taken the answer before it. A connection
 * with requests that wait is not read. One whose client takes nothing of an answer is closed.
 *
 * @param writeMilliseconds how long a client may take nothing of an answer. It is looked at once in that time, so that the
 * connection is closed after at most twice as long.
 */
export const trackConnections = (bounds: ConnectionBounds, writeMilliseconds: number) => {
  const open = new Map<Duplex, Connection>()
  /** Those whose client does not take an answer, the longest first. */
  const backedUp = new Set<Connection>()
  let [waiting, unsent] = [0, 0]
  let [lastAnswers, closing] = [false, false]
  const taken = Promise.withResolvers<void>()

  const letGo = (connection: Connection): void => {
    unsent -= connection.unsent
    connection.unsent = 0
    backedUp.delete(connection)
  }
  const forgetWaiting = (connection: Connection): void => {
    waiting -= connection.waiting.splice(0).length
  }
  const begin = (connection: Connection, exchange: Exchange): void => {
    connection.current = exchange
    if (lastAnswers) exchange.response.shouldKeepAlive = false
    exchange.response.once('close', () => {
      finish(connection)
    })
    exchange.answer()
  }
  const resolveIfTaken = (): void => {
    if (closing && ![...open.values()].some(({ current }) => current?.response.writableEnded === true))
      taken.resolve()
  }
  const finish = (connection: Connection): void => {
    const { socket } = connection
    connection.current = null
    resolveIfTaken()
    if (connection.unsent > 0) letGo(connection)
    // After an answer with `Connection: close` nothing more is worked on (RFC 9112, 9.6).
    if (!socket.writable) return forgetWaiting(connection)
    const next = connection.waiting.shift()
    if (next === undefined) {
      if (closing) socket.destroySoon()
      return
    }
    waiting -= 1
    connection.current = next
    // The time limit was for the answer before.
    socket.setTimeout(0)
    // Others first: else one that has sent many requests keeps everybody waiting until all of them are answered.
    setImmediate(() => {
      if (!socket.writable) return
      // Where the socket is full, the runtime does not read either, and goes on by itself.
      if (connection.waiting.length === 0 && !socket.writableNeedDrain) socket.resume()
      begin(connection, next)
    })
  }
  const wait = (connection: Connection, exchange: Exchange): void => {
    if (connection.waiting.length >= bounds.waitingOnOne || waiting >= bounds.waiting) {
      connection.socket.destroy()
      return
    }
    waiting += 1
    connection.waiting.push(exchange)
  }

  return {
    opened: (socket: Socket): void => {
      const connection: Connection = {
        socket,
        parse: parserOf(socket),
        current: null,
        latest: null,
        waiting: [],
        unsent: 0,
      }
      open.set(socket, connection)
      socket.on('resume', () => {
        pauseWhileWaiting(connection)
      })
      socket.once('close', () => {
        open.delete(socket)
        resolveIfTaken()
        forgetWaiting(connection)
        letGo(connection)
      })
      if (connection.parse !== null)
        socket.removeListener('data', connection.parse).on('data', (chunk: Buffer) => {
          parseInParts(connection, chunk)
        })
    },
    /** Works on a request now, or when those before it on its connection are answered. */
    arrived: (exchange: Exchange): void => {
      const connection = open.get(exchange.request.socket)
      // The rest of what was parsed at once when the connection was closed.
      if (connection === undefined || connection.socket.destroyed) return
      connection.latest = exchange
      if (connection.current === null) begin(connection, exchange)
      else wait(connection, exchange)
    },
    /** Is to be called with the socket of each answer that was written. */
    answered: (socket: Socket): void => {
      const bytes = socket.writableLength
      if (bytes === 0 || socket.destroyed) return
      const connection = open.get(socket)
      if (connection === undefined || connection.current === null) return
      letGo(connection)
      connection.unsent = bytes
      unsent += bytes
      backedUp.add(connection)
      socket.setTimeout(writeMilliseconds)
      for (const longest of backedUp) {
        if (unsent <= bounds.unsentBytes) return
        letGo(longest)
        longest.socket.destroy()
      }
    },
    /** The request that came last on a connection. */
    latestOn: (socket: Duplex): Exchange | null => open.get(socket)?.latest ?? null,
    /** What comes on a connection is no HTTP any more. */
    parseNoMore: (socket: Duplex): void => {
      const connection = open.get(socket)
      if (connection !== undefined) connection.parse = null
    },
    /**
     * Nothing more is worked on: what came behind a request that is being answered is no request. Its answer is the last one.
     *
     * @returns whether there is such a request.
     */
    endAfterCurrent: (socket: Duplex): boolean => {
      const connection = open.get(socket)
      const current = connection?.current ?? null
      if (connection === undefined || current === null || !current.request.complete) return false
      connection.parse = null
      forgetWaiting(connection)
      current.response.shouldKeepAlive = false
      return true
    },
    /** From now on each answer is the last one of its connection. */
    answerOnceMore: (): void => {
      lastAnswers = true
      for (const { current } of open.values()) if (current !== null) current.response.shouldKeepAlive = false
    },
    /**
     * Closes connections that nothing came on, and others when what is under way is answered.
     *
     * @returns once no client has an answer left to take that was written in full.
     */
    closeWhenAnswered: (): Promise<void> => {
      closing = true
      for (const { socket } of open.values()) if (socket.bytesRead === 0) socket.destroy()
      resolveIfTaken()
      return taken.promise
    },
  }
}

/**
 * What Node's server listens with for the bytes of a connection. Node parses all 64 KiB that it has read before it stops reading, even where
 * the connection is closed in the middle: that makes 2,400 requests of it, and 500 such connections fill the heap.
 */
const parserOf = (socket: Socket): Parse | null => {
  const [listener]: ReadonlyArray<unknown> = socket.listeners('data')
  return isParse(listener) ? listener : null
}

const isParse = (listener: unknown): listener is Parse => typeof listener === 'function'

/** Stops where requests wait, or a body is not read: the rest comes again when the socket is read again. */
const parseInParts = (connection: Connection, chunk: Buffer): void => {
  const { socket } = connection
  for (let at = 0; at < chunk.length; at += parsedAtOnce) {
    // What comes after the last answer is not looked at.
    if (connection.parse === null || !socket.writable) return
    if (at > 0 && socket.isPaused()) {
      socket.unshift(chunk.subarray(at))
      return
    }
    connection.parse(chunk.length <= parsedAtOnce ? chunk : chunk.subarray(at, at + parsedAtOnce))
    pauseWhileWaiting(connection)
  }
}

const pauseWhileWaiting = ({ socket, waiting }: Connection): void => {
  if (waiting.length > 0) socket.pause()
}
