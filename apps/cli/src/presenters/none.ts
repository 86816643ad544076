import type { ListPresenter, Presenter } from './presenter.js'

const silence = (): ListPresenter => ({ add: () => '', end: () => '', breakOff: () => '' })

/** Nothing: for scripts that look at the exit code alone. */
export const nonePresenter: Presenter = {
  listColumns: 'summary',
  one: () => '',
  list: silence,
  stream: silence,
}
