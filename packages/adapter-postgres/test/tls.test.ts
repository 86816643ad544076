import 'reflect-metadata'
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto'
import { chmod, chown, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rightOf } from '@lethe/application/testing'
import { startEmbeddedPostgres } from '@lethe/embedded-postgres'
import { copy, folderBeside } from '@lethe/embedded-postgres/testing'
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { migrate } from '../src/index.js'
import { migratedOn, type TestDatabase } from './making/database.js'
import { openStoreOn } from './making/store.js'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const validFor = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) }

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

/** A certificate authority of nobody else's, and what it signed for a server on 127.0.0.1; all as PEM. */
const privateAuthority = async () => {
  const [ofCa, ofServer] = [await newKeys(), await newKeys()]
  const ca = await X509CertificateGenerator.createSelfSigned(
    {
      ...validFor,
      name: 'CN=A private authority',
      signingAlgorithm: algorithm,
      keys: ofCa,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    },
    webcrypto,
  )
  const server = await X509CertificateGenerator.create(
    {
      ...validFor,
      subject: 'CN=A database',
      issuer: ca.subject,
      signingAlgorithm: algorithm,
      publicKey: ofServer.publicKey,
      signingKey: ofCa.privateKey,
      extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    },
    webcrypto,
  )
  const key: KeyObject = createPrivateKey({
    key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', ofServer.privateKey)),
    format: 'der',
    type: 'pkcs8',
  })
  return {
    ca: `${ca.toString('pem')}\n`,
    certificate: `${server.toString('pem')}\n`,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const stopping: Array<() => Promise<void>> = []
let folder: string
let database: TestDatabase
beforeAll(async () => {
  const parent = await folderBeside(inject('initialisedFolder'))
  folder = join(parent, 'postgres')
  await copy(inject('initialisedFolder'), folder)
  const data = join(folder, 'data')
  const { ca, certificate, key } = await privateAuthority()
  await writeFile(join(parent, 'ca.pem'), ca)
  // PostgreSQL takes a key only if nobody else can read it.
  const { uid, gid } = await stat(data)
  for (const [name, text] of [
    ['server.crt', certificate],
    ['server.key', key],
  ] as const) {
    await writeFile(join(data, name), text, { mode: 0o600 })
    await chown(join(data, name), uid, gid)
    await chmod(join(data, name), 0o600)
  }
  const server = rightOf(await startEmbeddedPostgres({ folder, settings: { ssl: 'on' } }))
  stopping.push(server.stop)
  database = await migratedOn(server.superuserUrl)
})
afterAll(async () => {
  for (const stop of stopping.toReversed()) await stop()
})

const withOptions = (url: string, options: Readonly<Record<string, string>>): string =>
  `${url}?${new URLSearchParams(options).toString()}`

const authority = (): string => join(folder, '..', 'ca.pem')

describe('TLS to the database', () => {
  it('is spoken with a server of a private authority that the URL names', async () => {
    const options = { sslmode: 'verify-full', sslrootcert: authority() }
    const store = rightOf(await openStoreOn(withOptions(database.appUrl, options)))

    expect(await store.notReady()).toBe(null)
    expect(rightOf(await migrate(withOptions(database.ownerUrl, options))).migrations).toEqual([])
    expect(
      await database.asOwner(`
        select distinct application_name as name, ssl from pg_stat_ssl join pg_stat_activity using (pid)
        where application_name like 'test%' order by 1`),
    ).toEqual([
      { name: 'test', ssl: true },
      { name: 'test queue', ssl: true },
      { name: 'test watch', ssl: true },
    ])
    await store.close()
  })

  it('is not spoken where the URL does not say so', async () => {
    const store = rightOf(await openStoreOn(database.appUrl))

    expect(
      await database.asOwner(`
        select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid)
        where application_name like 'test%'`),
    ).toEqual([{ ssl: false }])
    await store.close()
  })

  it.each(['prefer', 'require', 'verify-ca', 'verify-full'])(
    'is refused with %s by a server that no known authority signed for',
    async sslmode => {
      expect(await openStoreOn(withOptions(database.appUrl, { sslmode }))).toStrictEqual(
        E.left({ _tag: 'Unreachable', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
      )
    },
  )

  it('is refused with a server of another name', async () => {
    const elsewhere = new URL(
      withOptions(database.appUrl, { sslmode: 'verify-full', sslrootcert: authority() }),
    )
    elsewhere.hostname = 'localhost'

    expect(await openStoreOn(elsewhere.href)).toStrictEqual(
      E.left({ _tag: 'Unreachable', code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    )
  })

  it('is refused by a server that does not speak it', async () => {
    const plain = new URL(inject('serverUrl'))
    plain.search = '?sslmode=verify-full'

    expect(await openStoreOn(plain.href)).toStrictEqual(E.left({ _tag: 'Unreachable', code: 'noTls' }))
  })
})
