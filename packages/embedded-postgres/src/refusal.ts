import * as t from 'io-ts'

const tagged = <Tag extends string, P extends t.Props>(tag: Tag, properties: P) =>
  t.strict({ _tag: t.literal(tag), ...properties })

/** Why there is no server. It travels from the keeper to whoever asked for the server, hence a codec. */
export const EmbeddedPostgresRefusal = t.union([
  tagged('InUse', { folder: t.string, processId: t.number }),
  tagged('ForeignFolder', { folder: t.string, found: t.string }),
  tagged('OtherVersion', { folder: t.string, version: t.string }),
  tagged('FolderNotWritable', { folder: t.string }),
  tagged('FolderClosed', { folder: t.string, user: t.string }),
  tagged('DiskFull', { folder: t.string }),
  tagged('PortInUse', { port: t.number }),
  tagged('ReservedSetting', { name: t.string }),
  tagged('NoServerUser', {}),
  tagged('BinariesMissing', { platform: t.string }),
  tagged('BinariesDoNotRun', { reason: t.string }),
  tagged('ServerFailed', { reason: t.string }),
])

export type EmbeddedPostgresRefusal = t.TypeOf<typeof EmbeddedPostgresRefusal>

/** One sentence for whoever wanted the server: what is wrong, and what to do. */
export const describeRefusal = (refusal: EmbeddedPostgresRefusal): string => {
  switch (refusal._tag) {
    case 'InUse':
      return `The database in ${refusal.folder} is in use by process ${refusal.processId}: stop that one, or choose another folder.`
    case 'ForeignFolder':
      return `${refusal.folder} holds something else than a database of Lethe (${refusal.found}): choose another folder, or an empty one.`
    case 'OtherVersion':
      return `The database in ${refusal.folder} was made by PostgreSQL ${refusal.version}, which this version cannot read: delete the folder to begin anew, or choose another one.`
    case 'FolderNotWritable':
      return `${refusal.folder} cannot be written by this user: choose another folder, or run as its owner.`
    case 'FolderClosed':
      return `PostgreSQL does not run as root, and the user ${refusal.user} may not enter ${refusal.folder}: open it (chmod o+x), or run as an ordinary user.`
    case 'DiskFull':
      return `The disk of ${refusal.folder} is full: make room, or choose another folder.`
    case 'PortInUse':
      return `PostgreSQL cannot listen on port ${refusal.port}: choose another one.`
    case 'ReservedSetting':
      return `The setting ${refusal.name} is not free to choose: leave it out.`
    case 'NoServerUser':
      return 'PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody: run as an ordinary user.'
    case 'BinariesMissing':
      return `There is no PostgreSQL for ${refusal.platform}: install again with optional dependencies, or use a database of your own.`
    case 'BinariesDoNotRun':
      return `The installed PostgreSQL does not run on this machine (${refusal.reason}): install again with install scripts allowed, or use a database of your own.`
    case 'ServerFailed':
      return `PostgreSQL did not start (${refusal.reason}): postgres.log in its folder says more.`
  }
}
