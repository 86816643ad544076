import type { RemovalEvent } from '@lethe/domain'
import { type Alterations, unaltered } from '../../src/alterations.js'
import { requests } from './broken-stores.js'

/** A store that records something else than what was decided. */
export const recording = (
  change: (events: ReadonlyArray<RemovalEvent>) => ReadonlyArray<RemovalEvent>,
): Alterations =>
  requests(sound => ({
    append: asked => sound.append({ ...asked, events: change(asked.events) }),
  }))

/** Records that holders were only read. */
export const deniesCalls = (): Alterations => ({
  ...unaltered,
  worker: deps => ({
    ...deps,
    removalRequests: {
      ...deps.removalRequests,
      append: asked =>
        deps.removalRequests.append({
          ...asked,
          events: asked.events.map(happened =>
            happened.type === 'holderCleared'
              ? { ...happened, data: { ...happened.data, called: false } }
              : happened,
          ),
        }),
    },
  }),
})

/** Records that the worker failed, whatever did. */
export const blamesWorkers = (): Alterations =>
  recording(events =>
    events.map(happened =>
      happened.type === 'removalFailed'
        ? { ...happened, data: { reason: 'workerFailed', holder: null } }
        : happened,
    ),
  )

/** Records that the removal failed as soon as one holder did. */
export const failsAtOnce = (): Alterations =>
  recording(events => {
    const last = events.at(-1)
    return last?.type !== 'holderFailed'
      ? events
      : [
          ...events,
          {
            ...last,
            sequence: last.sequence + 1,
            type: 'removalFailed',
            data: { reason: last.data.reason, holder: last.data.holder },
          },
        ]
  })
