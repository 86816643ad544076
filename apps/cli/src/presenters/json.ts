import type { Json } from '../json.js'
import { visibleJson } from '../visible-text.js'
import type { ListPresenter, Presenter } from './presenter.js'

const written = (json: Json): string => visibleJson(JSON.stringify(json, null, 2))

/** JSON, indented. */
export const jsonPresenter: Presenter = {
  listColumns: 'columns',
  one: ({ json }) => `${written(json)}\n`,
  list: () => arrayWriter(),
  stream: () => ({
    // JSON lines: whoever follows takes each line by itself.
    add: ({ json }) => json.map(each => `${visibleJson(JSON.stringify(each))}\n`).join(''),
    end: () => '',
    breakOff: () => '',
  }),
}

/** One array, in parts. Only a whole list closes it, so that half a list parses nowhere as a list. */
const arrayWriter = (): ListPresenter => {
  let begun = false
  return {
    add: ({ json }) => {
      if (json.length === 0) return ''
      const opening = begun ? ',\n' : '[\n'
      begun = true
      return `${opening}${json.map(each => indented(written(each))).join(',\n')}`
    },
    end: () => (begun ? '\n]\n' : '[]\n'),
    breakOff: () => (begun ? '\n' : ''),
  }
}

/** Line ends within values are escaped: every one that is there is one of the layout. */
const indented = (json: string): string => `  ${json.replaceAll('\n', '\n  ')}`
