import { createInterface } from 'node:readline'
import { isatty } from 'node:tty'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import * as E from 'fp-ts/lib/Either.js'
import { homeFolder } from './home-folder.js'
import { openBrowser } from './browser.js'
import { privateFiles } from './private-files.js'
import type { Io, Sink, Written } from './io.js'

/** The world of this process. Ctrl-C is told to the CLI once; a second one ends the process at once. */
export const processIo = (): Io => {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  return {
    env: process.env,
    stdout: sinkOf(process.stdout, 1),
    stderr: sinkOf(process.stderr, 2),
    stdin: {
      isTerminal: isatty(0),
      readLine: () => lineOf(process.stdin, interruption.signal),
      chunks: () => chunksOf(process.stdin, interruption.signal),
      close: () => {
        process.stdin.destroy()
      },
    },
    nodeVersion: process.versions.node,
    fetch: fetchIn(process.env),
    now: () => Date.now(),
    sleep: milliseconds =>
      pause(milliseconds, undefined, { signal: interruption.signal }).catch(() => undefined),
    tick: (milliseconds, act) => {
      const timer = setInterval(act, milliseconds).unref()
      return () => clearInterval(timer)
    },
    interrupted: interruption.signal,
    // Left to itself the heap grows to three times of what is ever in use. The one option that V8 has for this takes effect at once.
    holdLittle: () => setFlagsFromString('--optimize-for-size'),
    heedTermination: () => {
      process.once('SIGTERM', () => interruption.abort())
    },
    home: homeFolder(),
    files: privateFiles(process.getuid?.() ?? null),
    openBrowser,
  }
}

/** The variables by which a proxy may be named. */
const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

/** Node's own `fetch`, which is there already; where the environment names a proxy, one that goes through it. */
const fetchIn = (env: Io['env']): Io['fetch'] => {
  if (proxyVariables.every(name => (env[name] ?? '') === '')) return (url, init) => fetch(url, init)
  let opened: Promise<Io['fetch']> | null = null
  return async (url, init) => {
    opened ??= proxiedFetch(env)
    return (await opened)(url, init)
  }
}

const proxiedFetch = async (env: Io['env']): Promise<Io['fetch']> => {
  const { openNetwork, ProxyFailure, readProxySettings, withoutProxy } =
    await import('@lethe/standalone/network')
  const settings = readProxySettings(env)
  if (E.isRight(settings)) return openNetwork(settings.right).fetch
  const { variable } = settings.left
  const direct = openNetwork(withoutProxy).fetch
  // What is on this machine is reached without a proxy, whatever is named.
  return async (url, init) => {
    if (url.protocol === 'https:') throw new ProxyFailure(variable, 'MALFORMED')
    return direct(url, init)
  }
}

/** How platforms say that nobody reads any more. */
const nobodyReads: ReadonlySet<string> = new Set(['EPIPE', 'EOF', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])

/** After a failed write there is none; without a listener it would end the process with a stack trace. */
const sinkOf = (stream: NodeJS.WriteStream, descriptor: number): Sink => {
  let ended: Exclude<Written, 'written'> | null = null
  const end = ({ code }: NodeJS.ErrnoException): void => {
    const reason = code ?? 'unknown'
    ended ??= nobodyReads.has(reason) ? 'closed' : { failed: reason }
  }
  stream.on('error', end)
  return {
    isTerminal: isatty(descriptor),
    write: text =>
      new Promise<Written>(resolve => {
        if (ended !== null) {
          resolve(ended)
          return
        }
        stream.write(text, error => {
          if (error !== null && error !== undefined) end(error)
          resolve(ended ?? 'written')
        })
      }),
  }
}

/** Reads by lines, not by keys, so that Ctrl-C stays a signal. */
const lineOf = (stdin: NodeJS.ReadStream, interrupted: AbortSignal): Promise<string | null> =>
  new Promise(resolve => {
    const lines = createInterface({ input: stdin, terminal: false })
    const close = () => lines.close()
    interrupted.addEventListener('abort', close)
    lines.once('line', line => {
      resolve(line)
      close()
    })
    lines.once('close', () => {
      interrupted.removeEventListener('abort', close)
      resolve(null)
    })
  })

/** A pipe that is not closed must not keep an interrupted process. */
async function* chunksOf(stdin: NodeJS.ReadStream, interrupted: AbortSignal): AsyncGenerator<Uint8Array> {
  const end = (): void => {
    stdin.destroy()
  }
  interrupted.addEventListener('abort', end)
  try {
    for await (const chunk of stdin) if (chunk instanceof Uint8Array) yield chunk
  } catch (error) {
    if (!interrupted.aborted && !stdin.destroyed) throw error
  } finally {
    interrupted.removeEventListener('abort', end)
  }
}
