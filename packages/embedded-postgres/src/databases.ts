import pg from 'pg'

/**
 * Makes an empty database.
 *
 * @param superuserUrl of a running server.
 * @param name of the database, without the characters that a URL reserves.
 * @returns the superuser's URL of the new database. Rejects where there is one of that name.
 */
export const createDatabase = async (superuserUrl: string, name: string): Promise<string> => {
  await execute(superuserUrl, `CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  const url = new URL(superuserUrl)
  url.pathname = encodeURIComponent(name)
  return url.href
}

/** Removes a database and cuts its connections; one that does not exist needs no removing. */
export const dropDatabase = (superuserUrl: string, name: string): Promise<void> =>
  execute(superuserUrl, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)

const execute = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  // A connection that is cut fails its queries by itself.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
