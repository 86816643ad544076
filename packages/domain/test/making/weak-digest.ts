import { type EnvelopeDigest, Hash } from '../../src/index.js'
import { decoded } from './decoded.js'

/** JSON with the keys of every object in order, so that equal values have equal texts. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
  return `{${members.join()}}`
}

/** FNV-1a, 32 bits, from a start of its own. */
const fnv = (text: string, start: number): string => {
  let hash = (2_166_136_261 ^ start) >>> 0
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0
  return hash.toString(16).padStart(8, '0')
}

/** Stands for SHA-256 over canonical JSON: eight FNV hashes with different starts. Good for tests only. */
export const weakDigest: EnvelopeDigest = envelope => {
  const text = canonical(envelope)
  return decoded(Hash)([1, 2, 3, 4, 5, 6, 7, 8].map(start => fnv(text, start * 0x9e37)).join(''))
}
