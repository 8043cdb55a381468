/** Ends the command with one line, or as many as there are mistakes in the options; never with a stack. */
export function fail(error: unknown): void {
  console.error(`tollgate: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
