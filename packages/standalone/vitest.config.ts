import { suite } from '../../tools/vitest/suite.mjs'

export default suite('@lethe/standalone')
