import pg from 'pg'

/** The rows that a statement gives, each as the texts of its columns. */
export const query = async (
  url: string,
  statement: string,
): Promise<ReadonlyArray<ReadonlyArray<unknown>>> => {
  const client = new pg.Client({ connectionString: url })
  // A connection that is cut fails its queries by itself.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<Array<unknown>>({ text: statement, rowMode: 'array' })
    return rows
  } finally {
    await client.end()
  }
}

/** The error code with which PostgreSQL turns a connection away; null where it lets it in. */
export const connectionError = async (url: string): Promise<unknown> => {
  try {
    await query(url, 'SELECT 1')
    return null
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}
