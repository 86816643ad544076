import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'

const Manifest = t.type({ version: t.string })

/** The version of this package. */
export const packageVersion = (): string =>
  pipe(
    Manifest.decode(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))),
    E.match(
      () => 'unknown',
      ({ version }) => version,
    ),
  )
