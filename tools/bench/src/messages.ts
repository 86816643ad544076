import type { ChildProcess } from 'node:child_process'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** Where a server under measurement listens; null for what it does not serve. */
export const Ready = t.strict({ api: t.union([t.number, t.null]), bare: t.union([t.number, t.null]) })
export type Ready = t.TypeOf<typeof Ready>

/** What a process uses. */
export const Usage = t.strict({ residentBytes: t.number, cpuMicroseconds: t.number })
export type Usage = t.TypeOf<typeof Usage>

/** What to ask for, and for how long. */
export const Load = t.strict({
  port: t.number,
  /** The path, in which `{id}` is another user's id each time. */
  path: t.string,
  tokens: t.readonlyArray(t.string),
  connections: t.number,
  seconds: t.number,
  /** No more requests than this. */
  most: t.number,
  /** Sets the ids apart from those of other loads. */
  salt: t.string,
})
export type Load = t.TypeOf<typeof Load>

/** What came of a load. Times in milliseconds. */
export const LoadReport = t.strict({
  answered: t.number,
  /** Answers that were no 204, and connections that broke. */
  failed: t.number,
  perSecond: t.number,
  p50: t.number,
  p99: t.number,
})
export type LoadReport = t.TypeOf<typeof LoadReport>

/** The next message of a child that is of a kind. Rejects where the child ends instead. */
export const messageOf = <A>(child: ChildProcess, codec: t.Type<A, unknown, unknown>): Promise<A> =>
  new Promise((resolve, reject) => {
    const read = (message: unknown): void => {
      const decoded = codec.decode(message)
      if (E.isLeft(decoded)) return
      child.off('message', read)
      child.off('exit', ended)
      resolve(decoded.right)
    }
    const ended = (code: number | null): void => {
      reject(new Error(`A process of the benchmark ended with ${code ?? 'a signal'}`))
    }
    child.on('message', read)
    child.once('exit', ended)
  })
