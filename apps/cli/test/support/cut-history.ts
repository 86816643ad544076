import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as t from 'io-ts'
import { decoded } from './decoded.js'
import { type GraphWorld, tenantId } from './graph-world.js'

const Line = t.type({ position: t.number, hash: t.string })

/** Leaves the history as a process did that ended after this event of a removal: what came after it is not there. */
export const cutAfter = async (world: GraphWorld, removalId: string, event: string): Promise<void> => {
  const folder = join(world.state, 'lethe', 'graph-history')
  const file = join(folder, `${tenantId}.jsonl`)
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1)
  const end = lines.findIndex(line => line.includes(removalId) && line.includes(`"${event}"`))
  const kept = lines.slice(0, end + 1)
  const { position, hash } = decoded(Line, JSON.parse(kept.at(-1) ?? ''))
  await writeFile(file, kept.map(line => `${line}\n`).join(''))
  await writeFile(join(folder, `${tenantId}.head.json`), JSON.stringify({ position, hash }))
}
