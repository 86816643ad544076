/** What a person's browser shows. */
export interface Shown {
  readonly status: number
  readonly headers: Headers
  readonly html: string
  readonly url: string
}

type Fetch = (url: string, init?: RequestInit) => Response | Promise<Response>

const shownBy = async (response: Response, url: string): Promise<Shown> => ({
  status: response.status,
  headers: response.headers,
  html: await response.text(),
  url,
})

/** A browser without scripts: opens a page, and sends the form of one with a button pressed. */
export const browser = (fetchPage: Fetch) => ({
  open: async (url: string): Promise<Shown> => shownBy(await fetchPage(url), url),
  /** Presses the button of that name and value; no redirect is followed. */
  press: async (shown: Shown, name: string, value: string): Promise<Shown> => {
    const action = attribute(/<form[^>]*>/.exec(shown.html)?.[0] ?? '', 'action')
    const url = action === null ? shown.url : new URL(action, shown.url).href
    const body = new URLSearchParams([...fieldsOf(shown.html), ...(name === '' ? [] : [pair(name, value)])])
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    return shownBy(
      await fetchPage(url, { method: 'POST', headers, body: body.toString(), redirect: 'manual' }),
      url,
    )
  },
})

/** The hidden fields of a page. */
const fieldsOf = (html: string): Array<[string, string]> =>
  [...html.matchAll(/<input type="hidden"[^>]*>/g)].map(([tag]) => [
    attribute(tag, 'name') ?? '',
    attribute(tag, 'value') ?? '',
  ])

/** Whom a page offers to sign in as. */
export const peopleOn = ({ html }: Shown): ReadonlyArray<string> =>
  [...html.matchAll(/<button name="person" value="([^"]*)"/g)].map(([, name = '']) => name)

const attribute = (tag: string, name: string): string | null => {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined
    ? null
    : value
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&')
}

export const pair = (name: string, value: string): [string, string] => [name, value]
