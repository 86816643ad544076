/** The longest first line that is looked at, in bytes. */
const longestFirstLine = 100_000

/**
 * Finds what separates the cells of a CSV: whichever of comma, semicolon and tab stands most often in the first line, outside of
 * quotes. Only one does: in a file with semicolons a comma is a part of a name.
 */
export const delimiterIn = (line: string): ',' | ';' | '\t' => {
  const bare = line.replaceAll(/"(?:[^"]|"")*"/g, '')
  const count = (delimiter: string): number => bare.split(delimiter).length
  if (count(';') > count(',') && count(';') >= count('\t')) return ';'
  return count('\t') > count(',') ? '\t' : ','
}

/** Reads up to the end of the first line, and gives it with everything that was read. */
export const firstLineOf = async (
  chunks: AsyncIterator<Uint8Array>,
): Promise<{ readonly line: string; readonly read: Uint8Array }> => {
  let read = Buffer.alloc(0)
  while (!read.includes(0x0a) && !read.includes(0x0d) && read.length < longestFirstLine) {
    const next = await chunks.next()
    if (next.done === true) break
    read = Buffer.concat([read, next.value])
  }
  const line = read.toString('utf8').split(/[\r\n]/, 1)[0] ?? ''
  return { line, read }
}
