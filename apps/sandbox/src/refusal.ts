/** What keeps the sandbox from starting, in words for whoever started it. */
export interface SandboxRefusal {
  readonly mistakes: ReadonlyArray<string>
}
