import { type Alterations, unaltered } from '../../src/alterations.js'
import * as E from 'fp-ts/lib/Either.js'

/** Removes again what is gone already, each time that it is asked. */
export const removesTwice = (): Alterations => ({
  ...unaltered,
  data: data => ({
    ...data,
    holder: {
      ...data.holder,
      remove: removal => async () => {
        await data.holder.remove(removal)()
        return E.right('removed')
      },
    },
  }),
})

/** Says that nothing is left, whatever there is. */
export const liesAboutAbsence = (): Alterations => ({
  ...unaltered,
  data: data => ({
    ...data,
    holder: { ...data.holder, readBack: () => async () => E.right('absent') },
  }),
})
