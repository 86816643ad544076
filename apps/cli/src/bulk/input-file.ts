import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'

/** Where ids come from. */
export interface InputFile {
  /** Reads it from the start. */
  readonly chunks: () => AsyncIterable<Uint8Array>
  /** Whether it can be read twice. */
  readonly isFile: boolean
}

/** @param path of a file; `-` for stdin. */
export const openInput = async (
  io: Pick<Io, 'stdin'>,
  path: string,
): Promise<E.Either<SingleRefusal, InputFile>> => {
  if (path === '-') return E.right({ chunks: io.stdin.chunks, isFile: false })
  try {
    await access(path, constants.R_OK)
    const found = await stat(path)
    if (found.isDirectory()) return E.left({ _tag: 'FileUnusable', path, reason: 'EISDIR' })
    // A pipe of the shell, such as <(…), can be read once.
    return E.right({ chunks: () => createReadStream(path), isFile: found.isFile() })
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
    return E.left({ _tag: 'FileUnusable', path, reason })
  }
}
