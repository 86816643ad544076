import type { Presenter } from './presenter.js'

/** Nothing: for scripts that look at the exit code alone. */
export const nonePresenter: Presenter = {
  listColumns: 'summary',
  one: () => '',
  list: () => ({ add: () => '', end: () => '' }),
}
