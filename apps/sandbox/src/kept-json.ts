import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/**
 * What a JSON file holds; made and written where there is no such file, or none that can be read.
 *
 * @param file readable by its owner only.
 */
export const keptJson = async <A>(
  file: string,
  codec: t.Decoder<unknown, A>,
  make: () => Promise<A>,
): Promise<A> => {
  const kept = codec.decode(await readJson(file))
  if (E.isRight(kept)) return kept.right
  const made = await make()
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify(made), { mode: 0o600 })
  return made
}

const readJson = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return null
  }
}
