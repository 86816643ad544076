import { createHash, generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate that it signed itself, both PEM. */
export interface SelfSigned {
  readonly privateKeyPem: string
  readonly certificatePem: string
  /** SHA-256 of the certificate, base64url: what `x5t#S256` must say (RFC 7515 section 4.1.8). */
  readonly thumbprint: string
}

/** ASN.1 in DER (X.690): tag, length, contents. */
const der = (tag: number, ...contents: ReadonlyArray<Uint8Array>): Buffer => {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...contents: ReadonlyArray<Uint8Array>): Buffer => der(0x30, ...contents)
const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const oid = (contents: string): Buffer => der(0x06, hex(contents))
const octets = (content: Uint8Array): Buffer => der(0x04, content)
const bits = (content: Uint8Array): Buffer => der(0x03, hex('00'), content)
const time = (date: string): Buffer => der(0x18, Buffer.from(date))

const sha256WithRsa = sequence(oid('2a864886f70d01010b'), der(0x05))
const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from('Lethe test')))))
const isAuthority = sequence(oid('551d13'), der(0x01, hex('ff')), octets(sequence(der(0x01, hex('ff')))))
const namesOf = (dnsName: string): Buffer =>
  sequence(
    oid('551d11'),
    octets(sequence(der(0x82, Buffer.from(dnsName)), der(0x87, Buffer.from([127, 0, 0, 1])))),
  )

/** @param dnsName that the certificate is for, next to 127.0.0.1 (RFC 5280). */
export const selfSigned = (dnsName = 'localhost'): SelfSigned => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const contents = sequence(
    der(0xa0, der(0x02, hex('02'))),
    der(0x02, hex('01')),
    sha256WithRsa,
    name,
    sequence(time('20200101000000Z'), time('20991231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(isAuthority, namesOf(dnsName))),
  )
  const certificate = sequence(contents, sha256WithRsa, bits(sign('sha256', contents, privateKey)))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    thumbprint: createHash('sha256').update(certificate).digest('base64url'),
  }
}
