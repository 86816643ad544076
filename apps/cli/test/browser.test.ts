import { describe, expect, it } from 'vitest'
import { hasScreen } from '../src/browser.js'

describe('a browser is tried', () => {
  it.each([
    ['darwin', {}, true],
    ['win32', {}, true],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', { WSL_DISTRO_NAME: 'Debian' }, true],
    ['linux', { DISPLAY: '' }, false],
    ['linux', {}, false],
  ] as const)('on %s with %j: %s', (platform, env, expected) => {
    expect(hasScreen(platform, env)).toBe(expected)
  })
})
