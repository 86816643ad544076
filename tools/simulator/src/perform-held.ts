import { type HeldJob, performRemoval } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import type { Backstage } from './backstage.js'
import { holderPorts } from './holder-ports.js'
import { queuePorts } from './queue-ports.js'
import type { Strand } from './strand.js'
import { storePorts } from './store-ports.js'

/** Does a job that a worker holds, and tells the queue what became of it, as the API's worker does. */
export const performHeld = async (backstage: Backstage, strand: Strand, held: HeldJob): Promise<void> => {
  const jobs = queuePorts(backstage, strand)
  const { attempts, readBacks, absence, digest } = backstage
  const { removalRequests, subjects } = storePorts(backstage, strand)
  const deps = {
    removalRequests,
    findPerson: backstage.findPersonIn({ subjects, digest }),
    dataHolders: holderPorts(backstage, strand),
    clock: strand.process.clock,
    attempts,
    readBacks,
    absence,
  }
  const performed = await performRemoval(backstage.alterWorker(deps))({ job: held.job })()
  if (E.isLeft(performed)) {
    await jobs.fail(held.receipt)()
    return
  }
  switch (performed.right.kind) {
    case 'finished':
    case 'unreadable':
    case 'subjectDiffers':
      await jobs.complete(held.receipt)()
      return
    case 'postponed':
      await jobs.postpone(held.receipt, performed.right.until)()
  }
}
