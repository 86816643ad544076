import * as TE from 'fp-ts/lib/TaskEither.js'
import type { SignIns } from '../ports/sign-ins.js'

/** Where workers act in Lethe's own name, nobody's sign-in is kept. */
export const noSignIns: SignIns = { keep: () => TE.right(undefined), forMany: () => noSignIns }
