import { noSignIns } from '@lethe/application'
import { saturdayAndSunday } from '@lethe/domain'
import type { Backstage } from './backstage.js'
import type { Deciding } from './deciding.js'
import { directoryPorts, holderPorts } from './holder-ports.js'
import type { Strand } from './strand.js'
import { simulatedTimer } from './simulated-timer.js'
import { storePorts } from './store-ports.js'

/**
 * What a process that serves people works with.
 *
 * @param deciding told what is done, while a batch is decided; null where none is.
 */
export const actingDeps = (backstage: Backstage, strand: Strand, deciding: Deciding | null = null) => {
  const { identifiers, digest } = backstage
  const ports = storePorts(backstage, strand, deciding)
  return {
    ...ports,
    ...directoryPorts(backstage, strand),
    findPerson: backstage.findPersonIn({ subjects: ports.subjects, digest }),
    dataHolders: holderPorts(backstage, strand),
    clock: strand.process.clock,
    timer: simulatedTimer(backstage, strand),
    calendar: saturdayAndSunday,
    identifiers,
    digest,
    signIns: noSignIns,
  }
}
