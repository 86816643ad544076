import type { StandaloneRefusal } from '@lethe/standalone'

/** What can end a command that needs no server of Lethe, besides what can end every command. */
export type GraphRefusal =
  | StandaloneRefusal
  /** There is no terminal to type the id at, and `--confirm` does not give it. */
  | { readonly _tag: 'GraphConfirmationImpossible' }
  /** What was typed is not the id. */
  | { readonly _tag: 'GraphNotConfirmed' }
  /** The sign-in is for another tenant, or another Graph, and must not go to this one. */
  | { readonly _tag: 'GraphSignInElsewhere' }

const tags = {
  GraphSettingsWrong: 2,
  GraphCredentialMissing: 4,
  GraphTokenOfAnotherTenant: 4,
  GraphSignInRequired: 4,
  GraphRefused: 4,
  GraphUnavailable: 5,
  GraphProfileNotFound: 3,
  GraphProfileNotInbound: 1,
  GraphStillPresent: 7,
  GraphOutcomeUnknown: 1,
  GraphRemovalFailed: 1,
  GraphRemovalInterrupted: 130,
  GraphConfirmationImpossible: 2,
  GraphNotConfirmed: 1,
  GraphSignInElsewhere: 4,
  LocalHistoryUnusable: 1,
  LocalHistoryBusy: 5,
  LocalHistoryBroken: 1,
} as const satisfies Record<GraphRefusal['_tag'], number>

/** Their rows of the table of exit codes. */
export const graphExitCodes: typeof tags = tags

export const isGraphRefusal = <R extends { readonly _tag: string }>(
  refusal: R,
): refusal is Extract<R, GraphRefusal> => Object.hasOwn(tags, refusal._tag)
