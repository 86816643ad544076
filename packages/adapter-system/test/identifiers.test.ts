import { randomIdentifiers } from '../src/index.js'
import { identifiersContract } from '@lethe/application/testing'

identifiersContract('random', randomIdentifiers)
