/** What the platform's codes mean to whoever has to do something about it. */
const meanings: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is none'],
  ['EEXIST', 'there is one already'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['EACCES', 'you have no permission'],
  ['EPERM', 'you have no permission'],
  ['EROFS', 'it is on something that can only be read'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'your share of the disk is full'],
  ['EMFILE', 'too many files are open'],
  ['EIO', 'the device fails'],
])

/** A code of the platform, such as ENOENT, with what it means where that is known. */
export const platformProblem = (code: string): string => {
  const meaning = meanings.get(code)
  return meaning === undefined ? code : `${meaning}: ${code}`
}
