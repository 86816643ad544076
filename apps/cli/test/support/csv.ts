/** Reads RFC 4180, apart from how the CLI writes it. */
export const readCsv = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<ReadonlyArray<string>> = []
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy
  let row: Array<string> = []
  let end = 0
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    const [, raw = '', separator] = match
    row.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw)
    if (separator === '\r\n') {
      rows.push(row)
      row = []
    }
    end = field.lastIndex
  }
  if (end !== text.length) throw new Error(`No CSV from character ${end} on.`)
  return rows
}
