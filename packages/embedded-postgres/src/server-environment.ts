/**
 * The environment for PostgreSQL's programs: what they print must be English, to be understood here, and no `PG…` variable
 * of the caller may change what they do.
 */
export const serverEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('PG'))),
  LC_ALL: 'C',
  TZ: 'UTC',
})
