import { homedir, userInfo } from 'node:os'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { homeFolder } from '../src/home-folder.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the folder of the operator', () => {
  it('is HOME', () => {
    vi.stubEnv('HOME', '/somewhere')
    expect(homeFolder()).toBe('/somewhere')
  })

  it.each(['', 'relative', '.'])('is that of the platform where HOME is %j', home => {
    vi.stubEnv('HOME', home)
    expect(homedir()).toBe(home)
    expect(homeFolder()).toBe(userInfo().homedir)
  })
})
