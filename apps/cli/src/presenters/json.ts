import type { Json } from '../json.js'
import { visibleJson } from '../visible-text.js'
import type { Presenter } from './presenter.js'

const written = (json: Json): string => `${visibleJson(JSON.stringify(json, null, 2))}\n`

/** JSON, indented. A list is one array, written once it is whole, so that half a list is no valid result. */
export const jsonPresenter: Presenter = {
  listColumns: 'columns',
  one: ({ json }) => written(json),
  list: () => {
    const all: Array<Json> = []
    return {
      add: ({ json }) => {
        all.push(...json)
        return ''
      },
      end: () => written(all),
    }
  },
}
