import * as t from 'io-ts'
import { directoryRole } from './caller.js'
import { permission, type PermissionRule } from './permission-rule.js'

export const ContractName = t.keyof({ seed: null, graph: null }, 'ContractName')
/** `seed`: the reference page as it was published. `graph`: the page as Microsoft has changed it since. */
export type ContractName = t.TypeOf<typeof ContractName>

/** What a published contract says of removePersonalData. The two differ in nothing else. */
export interface PublishedContract {
  readonly name: ContractName
  readonly removePersonalData: {
    readonly permissions: PermissionRule
    /** Whether `Content-Type: application/json` is required even though no body is taken. */
    readonly contentTypeRequired: 'always' | 'withBody'
  }
}

/** Both contracts, as data. */
export const contracts: Record<ContractName, PublishedContract> = {
  seed: {
    name: 'seed',
    removePersonalData: {
      permissions: {
        workAccount: [{ scope: permission.readWrite, guests: 'allowed', agents: 'allowed', reach: 'any' }],
        application: [],
      },
      contentTypeRequired: 'always',
    },
  },
  graph: {
    name: 'graph',
    removePersonalData: {
      permissions: {
        workAccount: [
          {
            scope: permission.readWrite,
            directoryRole: directoryRole.globalAdministrator,
            guests: 'allowed',
            agents: 'allowed',
            reach: 'any',
          },
        ],
        application: [{ appRole: permission.readWrite }],
      },
      contentTypeRequired: 'withBody',
    },
  },
}
