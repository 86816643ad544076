import { defineConfig } from 'rolldown'
import { thirdPartyLicenses } from './build/third-party-licenses.js'

/** One file that starts fast. What only some commands need is imported when they run, and becomes a chunk beside it. */
export default defineConfig({
  input: { lethe: 'src/main.ts' },
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  resolve: {
    // The same code as ES modules: of these a bundler keeps only what is used.
    alias: { 'fp-ts/lib': 'fp-ts/es6', 'io-ts': 'io-ts/es6/index.js' },
  },
  transform: { target: 'node22' },
  plugins: [thirdPartyLicenses('third-party-licenses.txt')],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
})
