/**
 * Characters that could act on a terminal instead of being shown: C0, DEL and C1 (the starts of all escape sequences),
 * line and paragraph separators, and the marks that turn the direction of text around.
 */
const acting = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]|\p{Cs}/gu

/** The text with everything that could act on a terminal written out, such as `\x1b`. Line ends are among that. */
export const visible = (text: string): string => text.replaceAll(acting, writtenOut)

/** The same for a text that is JSON: it stays JSON, and stays equal. */
export const visibleJson = (json: string): string =>
  json.replaceAll(acting, character => (character === '\n' ? character : `\\u${hexadecimal(character, 4)}`))

const shortForms: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

const writtenOut = (character: string): string => {
  const short = shortForms.get(character)
  if (short !== undefined) return short
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${hexadecimal(character, 2)}` : `\\u${hexadecimal(character, 4)}`
}

const hexadecimal = (character: string, digits: number): string =>
  (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0')
