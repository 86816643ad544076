import { suite } from '../vitest/suite.mjs'

export default suite('@lethe/clients')
