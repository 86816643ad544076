import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

/** A folder that is laid out like this repository, under its real rules, and holds nothing but the given files. */
export interface ProbedTree {
  /** Runs a tool of the workspace there, and gives what it prints. */
  readonly run: (tool: string, args: ReadonlyArray<string>) => Promise<string>
  readonly remove: () => Promise<void>
}

/**
 * @param files contents by path. What the rules import from must be among them.
 */
export const probedTree = async (files: Readonly<Record<string, string>>): Promise<ProbedTree> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-boundaries-'))
  await Promise.all(
    ['.oxlintrc.json', 'tsconfig.base.json', 'tools/boundaries/rules.cjs', 'tools/boundaries/purity.mjs'].map(
      async file => {
        await cp(join(root, file), join(folder, file), { recursive: true })
      },
    ),
  )
  // fp-ts and io-ts from this package, everything else from the root.
  await symlink(join(root, 'tools', 'boundaries', 'node_modules'), join(folder, 'node_modules'))
  await write(
    folder,
    'tsconfig.json',
    '{ "extends": "./tsconfig.base.json", "include": ["packages", "apps"] }',
  )
  for (const [path, content] of Object.entries(files)) await write(folder, path, content)
  return {
    run: (tool, args) => printedBy(join(root, 'node_modules', '.bin', tool), args, folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

const write = async (folder: string, path: string, content: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

/** A tool that finds something exits with another code than 0: that is no error here. */
const printedBy = (tool: string, args: ReadonlyArray<string>, cwd: string): Promise<string> =>
  new Promise(resolve => {
    execFile(tool, args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) => {
      resolve(`${stdout}\n${stderr}`)
    })
  })
