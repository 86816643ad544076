import type { ViteUserConfig } from 'vitest/config'

export declare const suite: (
  name: string,
  options?: {
    /** Files that set up, and tear down, what all tests of the suite share. */
    readonly globalSetup?: ReadonlyArray<string>
  },
) => ViteUserConfig
