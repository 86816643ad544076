import { createReadStream, open } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'
import { unusable } from './results-file.js'

/** Where ids come from. */
export interface InputFile {
  /** Reads it from the start. */
  readonly chunks: () => AsyncIterable<Uint8Array>
  /** Whether it can be read twice. */
  readonly isFile: boolean
  /** Reads no more, even where something may still come. */
  readonly close: () => void
}

/** @param path of a file; `-` for stdin. */
export const openInput = async (
  io: Pick<Io, 'stdin'>,
  path: string,
): Promise<E.Either<SingleRefusal, InputFile>> => {
  if (path === '-') return E.right({ chunks: io.stdin.chunks, isFile: false, close: io.stdin.close })
  try {
    await access(path, constants.R_OK)
    const found = await stat(path)
    if (found.isDirectory()) return E.left({ _tag: 'FileUnusable', path, reason: 'EISDIR' })
    return E.right(
      found.isFile()
        ? { chunks: () => createReadStream(path), isFile: true, close: () => undefined }
        : pipeAt(path),
    )
  } catch (error) {
    return E.left(unusable(path, error))
  }
}

/**
 * A pipe of the shell, such as `<(…)`: it can be read once. Read as a file it would keep the process for as long as its writer
 * keeps it open.
 */
const pipeAt = (path: string): InputFile => {
  const closing = new AbortController()
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const socket = new Socket({ fd: await promisify(open)(path, 'r'), readable: true, writable: false })
    const destroy = (): void => {
      socket.destroy()
    }
    closing.signal.addEventListener('abort', destroy)
    if (closing.signal.aborted) destroy()
    try {
      for await (const chunk of socket) if (chunk instanceof Uint8Array) yield chunk
    } catch (error) {
      if (!closing.signal.aborted) throw error
    } finally {
      destroy()
    }
  }
  return { chunks, isFile: false, close: () => closing.abort() }
}
