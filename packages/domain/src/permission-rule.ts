/** One way in which a person with a work or school account may do an operation: all of it must hold. */
export interface DelegatedPermission {
  /** The delegated permission that the client application must hold, spelt exactly so in `scp`. */
  readonly scope: string
  /** The app role that the person must hold as well, in `roles`. */
  readonly appRole?: string
  /** The template id of the directory role that the person must hold as well, in `wids`. */
  readonly directoryRole?: string
  readonly guests: 'allowed' | 'refused'
  /** Whether an agent may, with a user account of its own or on behalf of a person. */
  readonly agents: 'allowed' | 'refused'
  /** On what: everybody's requests, or only those that the caller submitted. */
  readonly reach: 'any' | 'own'
}

/** The application permission that lets an application do an operation as itself. */
export interface ApplicationPermission {
  readonly appRole: string
}

/** Who may do one operation. An empty list means that nobody of that kind may. Personal accounts never may. */
export interface PermissionRule {
  readonly workAccount: ReadonlyArray<DelegatedPermission>
  readonly application: ReadonlyArray<ApplicationPermission>
}

/** The permissions that Lethe's app registration exposes; the first two are Graph's, by the same names. */
export const permission = {
  read: 'CrossTenantUserProfileSharing.Read.All',
  readWrite: 'CrossTenantUserProfileSharing.ReadWrite.All',
  approve: 'PersonalDataRemoval.Approve.All',
} as const

/** The app role of people who may approve. The scope alone would let any employee, the role alone any client app. */
export const approverRole = 'PersonalDataRemoval.Approver'
