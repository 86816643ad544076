import type { ViteUserConfig } from 'vitest/config'

export declare const suite: (name: string) => ViteUserConfig
