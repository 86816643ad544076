import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes a file with the licence of every package of others that went into the bundle, and where its source is: both are
 * what the licences ask of whoever hands on a bundle.
 */
export const thirdPartyLicenses = fileName => ({
  name: 'third-party-licenses',
  async generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)
    const folders = new Set(modules.flatMap(id => folderOf(id) ?? []))
    const notices = await Promise.all([...folders].map(noticeOf))
    const source = [...new Set(notices)].toSorted().join(`\n${'-'.repeat(80)}\n\n`)
    this.emitFile({ type: 'asset', fileName, source })
  },
})

/** The folder of the package that a module belongs to; null for our own. */
const folderOf = id => /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1] ?? null

const noticeOf = async folder => {
  const { name, version, license, repository } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  const file = (await readdir(folder)).find(entry => /^licen[cs]e(?:\.|$)/i.test(entry))
  const text = file === undefined ? 'Without a text of its own.' : await readFile(join(folder, file), 'utf8')
  return `${name} ${version} (${license})\n${repository?.url ?? repository ?? ''}\n\n${text.trim()}\n`
}
