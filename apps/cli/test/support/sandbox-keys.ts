import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadClientRegistration, loadSigningKeys } from '@lethe/sandbox'

const make = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-cli-keys-'))
  try {
    return {
      keys: await loadSigningKeys(join(folder, 'key.json')),
      registration: await loadClientRegistration(folder),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What an identity provider of the sandbox signs and knows its client with. RSA keys take a while to make: once for all tests. */
export const sandboxKeys = await make()
